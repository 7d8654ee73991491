package io.alidade.train;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.train.objective.Objective;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;

/// Where the parts of a batch meet: each thread offers its vectors, the one that completes the
/// batch computes the loss, and all go on with their share of the gradient. Values cross threads as
/// Java arrays, since a tensor's scope belongs to one thread.
final class VectorExchange {
  /// The loss of the whole batch and its gradient with respect to each vector.
  record Loss(double value, SortedMap<Integer, double[]> gradients, DType dtype) {

    /// The gradient of some members' vectors, `[members, hidden]`.
    Tensor gradient(List<Integer> members) {
      return matrix(gradients, members, dtype);
    }
  }

  private final Function<Tensor, Objective.Loss> objective;
  private final SortedMap<Integer, double[]> vectors = new TreeMap<>();
  private final CompletableFuture<Loss> loss = new CompletableFuture<>();
  private int missing;

  VectorExchange(int parts, Function<Tensor, Objective.Loss> objective) {
    this.missing = parts;
    this.objective = objective;
  }

  /// Hands in the vectors of some members, `[members, hidden]`.
  synchronized void offer(List<Integer> members, Tensor rows) {
    double[] values = rows.toDoubles();
    int width = (int) rows.size(1);
    for (int i = 0; i < members.size(); i++) {
      double[] row = new double[width];
      System.arraycopy(values, i * width, row, 0, width);
      vectors.put(members.get(i), row);
    }
    missing--;
    if (missing == 0) {
      loss.complete(compute(rows.dtype()));
    }
  }

  /// The loss, once all parts have offered theirs.
  Loss await() {
    return loss.join();
  }

  Loss offerAndAwait(List<Integer> members, Tensor rows) {
    offer(members, rows);
    return await();
  }

  /// Runs a part so that its failure reaches the others, which would wait for it for ever.
  <T> T guarded(Supplier<T> part) {
    try {
      return part.get();
    } catch (RuntimeException e) {
      loss.completeExceptionally(e);
      throw e;
    }
  }

  private Loss compute(DType dtype) {
    try (var _ = TensorScope.open()) {
      List<Integer> all = List.copyOf(vectors.keySet());
      Objective.Loss computed = objective.apply(matrix(vectors, all, dtype));
      var gradients = new TreeMap<Integer, double[]>();
      Tensor joined =
          Tensor.concatenate(
              List.of(computed.gradient().queries(), computed.gradient().candidates()));
      double[] values = joined.toDoubles();
      int width = (int) joined.size(1);
      for (int i : all) {
        double[] row = new double[width];
        System.arraycopy(values, i * width, row, 0, width);
        gradients.put(i, row);
      }
      return new Loss(computed.value(), Collections.unmodifiableSortedMap(gradients), dtype);
    }
  }

  private static Tensor matrix(
      SortedMap<Integer, double[]> rows, List<Integer> members, DType dtype) {
    int width = rows.firstEntry().getValue().length;
    double[] values = new double[members.size() * width];
    for (int i = 0; i < members.size(); i++) {
      double[] row = rows.getOrDefault(members.get(i), new double[0]);
      System.arraycopy(row, 0, values, i * width, width);
    }
    return Tensor.of(values, members.size(), width).to(dtype);
  }
}
