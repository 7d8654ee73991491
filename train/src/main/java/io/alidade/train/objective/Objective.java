package io.alidade.train.objective;

import io.alidade.tensor.Tensor;

/// A loss over the vectors of a batch.
public sealed interface Objective permits InfoNce {

  /// The loss, and its gradients with respect to the normalised vectors.
  ///
  /// @param value the mean over the queries
  /// @param queries `[queries, hidden]`
  /// @param candidates `[candidates, hidden]`
  record Loss(double value, Tensor queries, Tensor candidates) {}

  /// Computes the loss and its gradient.
  ///
  /// @param queries normalised, `[queries, hidden]`
  /// @param candidates normalised, `[candidates, hidden]`
  /// @param relation which candidate belongs to which query
  Loss compute(Tensor queries, Tensor candidates, Relation relation);

  /// Whether other rows' candidates count as negatives.
  boolean inBatchNegatives();
}
