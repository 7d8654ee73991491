package io.alidade.eval;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// The area under the precision-recall steps, `AP = Σ_n (R_n − R_{n−1}) · P_n`, over the thresholds
/// between distinct scores, as scikit-learn's `average_precision_score` computes it.
public final class AveragePrecision {
  private AveragePrecision() {}

  /// The average precision, in `[0, 1]`; 0 where no label is true.
  ///
  /// @throws IllegalArgumentException if the lengths differ
  public static double of(boolean[] labels, double[] scores) {
    if (labels.length != scores.length) {
      throw new IllegalArgumentException(
          "as many labels as scores are needed, got %d and %d"
              .formatted(labels.length, scores.length));
    }
    List<Integer> order =
        IntStream.range(0, scores.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -scores[i]))
            .toList();
    int relevant = 0;
    int counted = 0;
    double sum = 0;
    for (int i = 0; i < order.size(); i++) {
      relevant += labels[order.get(i)] ? 1 : 0;
      // Equal scores cannot be told apart: they are taken as one step.
      if (i + 1 == order.size() || scores[order.get(i)] != scores[order.get(i + 1)]) {
        sum += (double) (relevant - counted) * relevant / (i + 1);
        counted = relevant;
      }
    }
    return relevant == 0 ? 0 : sum / relevant;
  }
}
