package io.alidade.eval;

import java.util.Arrays;

/// Spearman's rank correlation: Pearson's correlation of the ranks, tied values sharing the mean of
/// their ranks, as `scipy.stats.spearmanr` computes it.
public final class Spearman {
  private Spearman() {}

  /// The correlation, in `[-1, 1]`; 0 where one side is constant and the correlation undefined.
  ///
  /// @throws IllegalArgumentException if the lengths differ
  public static double of(double[] first, double[] second) {
    if (first.length != second.length) {
      throw new IllegalArgumentException(
          "as many values on both sides are needed, got %d and %d"
              .formatted(first.length, second.length));
    }
    return pearson(ranks(first), ranks(second));
  }

  /// The rank of each value, from 1; ties take their mean rank.
  static double[] ranks(double[] values) {
    // Sorting bare doubles and looking each up is faster than sorting boxed indices, and the
    // bootstrap ranks thousands of resamples.
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      ranks[i] = (firstAtLeast(sorted, values[i]) + firstAbove(sorted, values[i]) + 1) / 2.0;
    }
    return ranks;
  }

  private static int firstAtLeast(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static int firstAbove(double[] sorted, double value) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double pearson(double[] x, double[] y) {
    double meanX = Arrays.stream(x).average().orElse(0);
    double meanY = Arrays.stream(y).average().orElse(0);
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - meanX) * (y[i] - meanY);
      xx += (x[i] - meanX) * (x[i] - meanX);
      yy += (y[i] - meanY) * (y[i] - meanY);
    }
    return xx == 0 || yy == 0 ? 0 : Math.clamp(xy / Math.sqrt(xx * yy), -1, 1);
  }
}
