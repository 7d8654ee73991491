package io.alidade.train.checkpoint;

/// When the state of a run is written.
///
/// @param everySteps steps between checkpoints
/// @param keep how many of the last ones stay
public record CheckpointConfig(int everySteps, int keep) {
  public CheckpointConfig {
    if (everySteps < 1) {
      throw new IllegalArgumentException("everySteps must be at least 1, is " + everySteps);
    }
    if (keep < 1) {
      throw new IllegalArgumentException("keep must be at least 1, is " + keep);
    }
  }

  /// Every 50 steps, the last two.
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(50, 2);
  }
}
