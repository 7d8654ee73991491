package io.alidade.train;

import java.nio.file.Path;
import java.util.List;

/// What is measured while a model is trained.
///
/// @param tasks folders or files as for `alidade evaluate`, relative to the recipe; none for no
///   measurement
/// @param everySteps steps between measurements; the last step is measured too
/// @param keepBest whether the model that comes out is that of the step with the best mean score,
///   and not that of the last
public record EvaluationConfig(List<Path> tasks, int everySteps, boolean keepBest) {
  public EvaluationConfig {
    tasks = List.copyOf(tasks);
    if (everySteps < 1) {
      throw new IllegalArgumentException("everySteps must be at least 1, is " + everySteps);
    }
  }

  /// No tasks; where there are some, every 100 steps, and the best is kept.
  public static EvaluationConfig defaults() {
    return new EvaluationConfig(List.of(), 100, true);
  }

  /// Whether a step's model is measured.
  boolean due(int step, int steps) {
    return !tasks.isEmpty() && (step % everySteps == 0 || step == steps);
  }
}
