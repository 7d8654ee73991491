package io.alidade.eval;

import io.alidade.core.Progress;
import io.alidade.data.EvaluationTask;
import java.util.Optional;

/// Measures something on tasks: an embedder, or a baseline without vectors.
public interface Evaluator {

  MeasuredModel model();

  /// What the results depend on beside task and model, for the key they are found again under.
  String settings();

  /// The scores on a task, or nothing where the task's type is not applicable.
  Optional<TaskScores> evaluate(EvaluationTask task, Progress progress);
}
