package io.alidade.cli.engine;

import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.data.EvaluationTask;
import io.alidade.eval.EmbeddingEvaluator;
import io.alidade.eval.EvaluationSettings;
import io.alidade.eval.MeasuredModel;
import io.alidade.train.StepEvaluator;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Measures a model on tasks while it is trained, as `alidade evaluate` does afterwards.
public record TaskScorer(List<EvaluationTask> tasks) implements StepEvaluator {
  public TaskScorer {
    tasks = List.copyOf(tasks);
  }

  /// Reads tasks.
  public static TaskScorer of(List<Path> paths) {
    return new TaskScorer(TaskPaths.read(paths.stream().map(Path::toString).toList()));
  }

  @Override
  public Map<String, Double> scores(Embedder model) {
    var described = new MeasuredModel(model.name(), "", 0, model.dimensions(), 0);
    var evaluator = new EmbeddingEvaluator(model, described, EvaluationSettings.defaults());
    Map<String, Double> scores = new LinkedHashMap<>();
    for (EvaluationTask task : tasks) {
      evaluator
          .evaluate(task, Progress.NONE)
          .ifPresent(result -> scores.put(task.info().name(), result.score()));
    }
    return scores;
  }
}
