package io.alidade.tensor;

import java.util.Collections;
import java.util.concurrent.Callable;

/// How fast this machine multiplies matrices: nearly all of a language model's time goes there, so
/// it says beforehand how long work will take.
public final class MatrixSpeed {
  /// About a linear map of a small language model over part of a batch.
  private static final long ROWS = 256;

  private static final long INPUTS = 576;
  private static final long OUTPUTS = 1536;
  private static final double SECONDS = 0.15;

  private MatrixSpeed() {}

  /// As [#operationsPerSecond(DType)] in float32.
  public static double operationsPerSecond() {
    return operationsPerSecond(DType.FLOAT32);
  }

  /// Multiplications and additions a second in a type, of all compute threads together: the product
  /// of `[256, 576]` and `[576, 1536]`, repeated for about 0.15 s after a first one.
  public static double operationsPerSecond(DType type) {
    Callable<Double> ofThread = () -> ofThread(type);
    return ComputeThreads.run(Collections.nCopies(ComputeThreads.count(), ofThread)).stream()
        .mapToDouble(Double::doubleValue)
        .sum();
  }

  private static double ofThread(DType type) {
    try (var _ = TensorScope.open()) {
      Tensor rows = Tensor.zeros(type, ROWS, INPUTS);
      Tensor weights = Tensor.zeros(type, OUTPUTS, INPUTS);
      product(rows, weights);
      long start = System.nanoTime();
      int products = 0;
      double seconds;
      do {
        product(rows, weights);
        products++;
        seconds = (System.nanoTime() - start) / 1e9;
      } while (seconds < SECONDS);
      return products * 2.0 * ROWS * INPUTS * OUTPUTS / seconds;
    }
  }

  private static void product(Tensor rows, Tensor weights) {
    rows.matmul(weights.t()).close();
  }
}
