package io.alidade.train;

import io.alidade.core.Embedder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Measures a model while it is trained. Its scores must be a function of the model.
@FunctionalInterface
public interface StepEvaluator {

  /// The score on each task by the task's name; higher is better.
  Map<String, Double> scores(Embedder model);

  /// Reads the tasks that a recipe names.
  @FunctionalInterface
  interface Source {
    /// The evaluator of these tasks.
    ///
    /// @throws io.alidade.core.AlidadeException if one of them is none
    StepEvaluator of(List<Path> tasks);
  }
}
