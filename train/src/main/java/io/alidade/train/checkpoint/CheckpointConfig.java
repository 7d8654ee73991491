package io.alidade.train.checkpoint;

/// When the state of a run is written.
///
/// @param everySteps steps between checkpoints
/// @param everyMinutes minutes after which one is written whatever the step; 0 for by steps alone
/// @param keep how many of the last ones stay
public record CheckpointConfig(int everySteps, double everyMinutes, int keep) {
  public CheckpointConfig {
    if (everySteps < 1) {
      throw new IllegalArgumentException("everySteps must be at least 1, is " + everySteps);
    }
    if (!(everyMinutes >= 0)) {
      throw new IllegalArgumentException("everyMinutes must be at least 0, is " + everyMinutes);
    }
    if (keep < 1) {
      throw new IllegalArgumentException("keep must be at least 1, is " + keep);
    }
  }

  /// Whether a step's state is written.
  ///
  /// @param seconds since one was written, or since the start
  public boolean due(int step, double seconds) {
    return step % everySteps == 0 || (everyMinutes > 0 && seconds >= 60 * everyMinutes);
  }

  /// Every 50 steps, the last two.
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(50, 0, 2);
  }
}
