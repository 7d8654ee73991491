package io.alidade.train;

import java.time.Duration;
import java.util.Locale;

/// What a run will take, said before it starts.
///
/// A token costs 2 operations a weight in the forward pass and 2 in the backward pass, in which
/// frozen weights have no gradient and which ends at the lowest adapted layer, or 4 where all
/// weights are trained; GradCache does the forward pass twice, and recomputing once more.
///
/// @param steps that are left
/// @param tokens computed a step, on average
/// @param weights of the linear maps
/// @param passes a step, as many as forward ones: 1, or 2 where batches are larger than a chunk,
///   and what running backwards is beside them
/// @param operationsPerSecond what the machine reaches in products of matrices
public record TrainingEstimate(
    int steps, double tokens, long weights, double passes, double operationsPerSecond) {
  /// What training reaches of the machine's speed in products, as measured on SmolLM2-135M
  /// (`docs/benchmarks.md`).
  private static final double SHARE = 0.72;

  public Duration duration() {
    double operations = steps * tokens * weights * 2 * passes;
    return Duration.ofSeconds(Math.round(operations / (operationsPerSecond * SHARE)));
  }

  /// Whether it is long enough for people to want to know.
  public boolean worthSaying() {
    return duration().compareTo(Duration.ofMinutes(1)) >= 0;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "training %d steps of about %.0f tokens will take about %s here (%.0f GFLOPS)",
        steps,
        tokens,
        words(duration()),
        operationsPerSecond / 1e9);
  }

  private static String words(Duration duration) {
    long minutes = Math.max(1, Math.round(duration.toSeconds() / 60.0));
    return minutes < 100 ? minutes + " min" : "%d h %02d min".formatted(minutes / 60, minutes % 60);
  }
}
