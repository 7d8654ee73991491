package io.alidade.eval;

import io.alidade.core.AlidadeException;
import java.util.Arrays;
import java.util.SplittableRandom;

/// How sure a difference between two runs on the same items is: the items are drawn anew with
/// repetition, the same draw for both runs, and both scores are computed on each draw.
///
/// @see <a href="https://doi.org/10.1145/1148170.1148261">Sakai, Evaluating evaluation metrics
///   based on the bootstrap, 2006</a>
public final class PairedBootstrap {
  public static final int DEFAULT_RESAMPLES = 2000;

  private static final double TAIL = 0.025;

  private PairedBootstrap() {}

  /// A difference of scores with the interval that holds 95 % of the resampled differences.
  public record Difference(double before, double after, double low, double high) {
    public double difference() {
      return after - before;
    }

    /// Whether the interval lies on one side of zero.
    public boolean significant() {
      return low > 0 || high < 0;
    }
  }

  /// Compares two measurements of the same items; equal arguments give equal results.
  ///
  /// @throws AlidadeException if the items are not the same
  public static Difference compare(ItemScores before, ItemScores after, int resamples, long seed) {
    if (!before.ids().equals(after.ids())) {
      throw new AlidadeException(
          "the runs have other items (%d and %d, or other ids); only runs on the same data compare"
              .formatted(before.ids().size(), after.ids().size()));
    }
    int items = before.ids().size();
    var random = new SplittableRandom(seed);
    double[] differences = new double[resamples];
    int[] sample = new int[items];
    for (int r = 0; r < resamples; r++) {
      for (int i = 0; i < items; i++) {
        sample[i] = random.nextInt(items);
      }
      differences[r] = after.statistic(sample) - before.statistic(sample);
    }
    Arrays.sort(differences);
    return new Difference(
        before.score(),
        after.score(),
        quantile(differences, TAIL),
        quantile(differences, 1 - TAIL));
  }

  /// Between neighbouring values the quantile runs linearly.
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
