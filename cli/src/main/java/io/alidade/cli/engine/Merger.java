package io.alidade.cli.engine;

import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.core.manifest.Input;
import io.alidade.data.EvaluationTask;
import io.alidade.eval.EmbeddingEvaluator;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.EvaluationSettings;
import io.alidade.eval.TaskScores;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.merge.Combination;
import io.alidade.model.merge.ModelMerge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/// Merges models, measures the merges and writes one of them. The models' files are opened anew for
/// each merge; memory holds one merged model.
public final class Merger {

  /// A merge that was tried.
  ///
  /// @param shareOfLast how much of it is the last model
  /// @param scores on the tasks; empty where none were asked for
  public record Step(Combination combination, double shareOfLast, List<TaskScores> scores) {
    public Step {
      scores = List.copyOf(scores);
    }

    /// The mean of the tasks' scores; 0 without tasks.
    public double mean() {
      return scores.stream().mapToDouble(TaskScores::score).average().orElse(0);
    }
  }

  private final List<Path> folders;
  private final InstalledModels models;
  private final Progress progress;

  /// @param notes told in a line each what was assumed or failed on the way
  public Merger(List<Path> folders, Consumer<String> notes, Progress progress) {
    this.folders = List.copyOf(folders);
    this.models = new InstalledModels(notes);
    this.progress = progress;
  }

  /// Checks that the models can be merged, before anything is written.
  ///
  /// @throws io.alidade.core.AlidadeException if they cannot, by what is wrong or differs
  public void requireFit(Combination combination) {
    open(combination).close();
  }

  /// The step with the best mean score, the first of equals.
  public static Step best(List<Step> steps) {
    // max keeps the last of equals.
    return steps.reversed().stream()
        .max(Comparator.comparingDouble(Step::mean))
        .orElseThrow(() -> new IllegalArgumentException("there are no steps"));
  }

  /// Measures a merge, in `steps/SHARE/` of the folder; what is measured there already is read.
  public Step measure(
      Combination combination, double shareOfLast, List<EvaluationTask> tasks, Path out) {
    ModelDescription merged = open(combination);
    String sha256 = merged.sha256();
    try (LoadedModel loaded = models.open(merged, folders.getFirst())) {
      var evaluator =
          new EmbeddingEvaluator(
              loaded.embedder(), loaded.description(), EvaluationSettings.defaults());
      Path step = out.resolve("steps").resolve(String.format(Locale.ROOT, "%.3f", shareOfLast));
      var input = new Input("model", combination.describe(), sha256);
      EvaluationRun run =
          EvaluationStage.run(step, tasks, evaluator, Map.of(), List.of(input), progress);
      return new Step(combination, shareOfLast, run.tasks());
    }
  }

  /// Writes a merge as a model folder.
  public void write(Combination combination, Path out) {
    Path first = folders.getFirst();
    List<TextInput> golden =
        Files.exists(first.resolve(GoldenCase.FILE))
            ? GoldenCase.readAll(first).stream().map(GoldenCase::input).toList()
            : List.of();
    try (ModelDescription merged = open(combination)) {
      ModelMerge.write(merged, combination.describe() + " of " + folders, golden, out);
    }
  }

  /// The merged description, which owns those it is of.
  private ModelDescription open(Combination combination) {
    var opened = new ArrayList<ModelDescription>();
    try {
      for (Path folder : folders) {
        opened.add(
            ModelFolder.open(
                folder, models.library(progress)::open, ModelFolder.BaseCheck.REQUIRE_SAME));
      }
      return ModelMerge.of(opened, combination);
    } catch (RuntimeException e) {
      opened.forEach(ModelDescription::close);
      throw e;
    }
  }
}
