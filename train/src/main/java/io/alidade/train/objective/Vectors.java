package io.alidade.train.objective;

import io.alidade.tensor.Tensor;
import java.util.Optional;

/// What a loss is a function of, or the loss's gradient with respect to it.
///
/// @param queries `[queries, hidden]`
/// @param candidates `[candidates, hidden]`, each query's positive in the queries' order, then the
///   hard negatives
/// @param classifier the weights of a [ClassifierShape], for objectives that have one
public record Vectors(Tensor queries, Tensor candidates, Optional<Tensor> classifier) {

  /// Without a classifier.
  public static Vectors of(Tensor queries, Tensor candidates) {
    return new Vectors(queries, candidates, Optional.empty());
  }

  /// The positives, sharing memory with the candidates: `[queries, hidden]`.
  Tensor positives() {
    return candidates.narrow(0, 0, queries.size(0));
  }

  /// Zeros of the same shapes, to which gradients are added.
  Vectors zeros() {
    return new Vectors(zeros(queries), zeros(candidates), classifier.map(Vectors::zeros));
  }

  private static Tensor zeros(Tensor like) {
    return Tensor.zeros(like.dtype(), like.shape());
  }
}
