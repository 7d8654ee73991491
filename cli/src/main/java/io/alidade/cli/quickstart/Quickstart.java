package io.alidade.cli.quickstart;

import io.alidade.cli.engine.EvaluationStage;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.cli.engine.PooledBackbone;
import io.alidade.cli.engine.QuickstartEngine;
import io.alidade.cli.engine.TrainingEngine;
import io.alidade.core.AlidadeException;
import io.alidade.core.AtomicFiles;
import io.alidade.core.Progress;
import io.alidade.core.manifest.Input;
import io.alidade.core.recipe.Recipe;
import io.alidade.data.EvaluationTask;
import io.alidade.data.TaskFolder;
import io.alidade.eval.Bm25;
import io.alidade.eval.EmbeddingEvaluator;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.EvaluationSettings;
import io.alidade.eval.Evaluator;
import io.alidade.eval.PairedBootstrap;
import io.alidade.eval.RunComparison;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.head.Pooling;
import io.alidade.tensor.LibTorch;
import io.alidade.train.StopSignal;
import io.alidade.train.TrainRecipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Fetches the backbone, measures it, trains it on the shipped sample, measures it again and writes
/// the report. Every stage keeps what it has, so that the same call goes on where one was stopped.
public final class Quickstart implements QuickstartEngine {
  private static final long BOOTSTRAP_SEED = 42;

  private final InstalledModels models;
  private final TrainingEngine training;

  public Quickstart(InstalledModels models, TrainingEngine training) {
    this.models = models;
    this.training = training;
  }

  @Override
  public Outcome run(Path out, Consumer<String> announce, Progress progress, StopSignal signal) {
    var stages = new Stages(out, announce, progress, signal);
    announce.accept("1/5  the backbone, and its scores before training, also with mean pooling");
    Untrained untrained = stages.measureUntrained();
    announce.accept("2/5  baselines: BM25, e5-small-v2");
    List<EvaluationRun> baselines =
        List.of(
            untrained.meanPooling(),
            stages.measureBm25(),
            stages.measureModel("baselines/e5-small-v2", InstalledModels.E5_SMALL));
    announce.accept(
        "3/5  training, %d steps; Ctrl-C stops it with a checkpoint"
            .formatted(stages.recipe.settings().steps()));
    TrainingEngine.Outcome trained =
        training.train(stages.recipe, out.resolve("train"), progress, signal);
    announce.accept("4/5  the same tasks after training");
    EvaluationRun after = stages.measureModel("after", trained.model().toString());
    RunComparison comparison =
        RunComparison.of(
            untrained.lastToken(), after, PairedBootstrap.DEFAULT_RESAMPLES, BOOTSTRAP_SEED);
    announce.accept("5/5  the report");
    Path report = out.resolve("report.html");
    new QuickstartReport(models, out, stages.recipe, stages.tasks, progress)
        .write(report, untrained.lastToken(), after, comparison, baselines, trained.model());
    return new Outcome(comparison, baselines, trained.model(), report);
  }

  /// The scores of the backbone, pooled in two ways.
  private record Untrained(EvaluationRun lastToken, EvaluationRun meanPooling) {}

  /// The measuring stages, with what they share.
  private final class Stages {
    private final Path out;
    private final Progress progress;
    private final Recipe<TrainRecipe> recipe;
    private final List<EvaluationTask> tasks;
    private final EvaluationSettings settings = EvaluationSettings.defaults();

    Stages(Path out, Consumer<String> announce, Progress progress, StopSignal signal) {
      ShippedFiles shipped = ShippedFiles.ofProcess();
      this.out = out;
      this.progress = progress;
      this.recipe = recipe(shipped, out);
      this.tasks = TaskFolder.readAll(shipped.heldOutTasks());
      if (!LibTorch.unpacked()) {
        announce.accept("first start: unpacking the numeric library, about ten seconds");
      }
      if (signal.stopRequested()) {
        throw new AlidadeException("stopped before anything was done");
      }
    }

    Untrained measureUntrained() {
      Backbone backbone = models.library(progress).open(recipe.settings().backbone());
      try (PooledBackbone both =
          models.backbone(backbone, List.of(Pooling.LAST_TOKEN, Pooling.MEAN))) {
        return new Untrained(
            measure("before", both.model(Pooling.LAST_TOKEN)),
            measure("baselines/mean-pooling", both.model(Pooling.MEAN)));
      }
    }

    EvaluationRun measureModel(String name, String folderOrName) {
      try (LoadedModel model = models.open(folderOrName, progress)) {
        return measure(name, model);
      }
    }

    EvaluationRun measureBm25() {
      return measure("baselines/bm25", new Bm25(settings), List.of());
    }

    private EvaluationRun measure(String name, LoadedModel model) {
      return measure(
          name,
          new EmbeddingEvaluator(model.embedder(), model.description(), settings),
          List.of(EvaluationStage.input(model, folder(name))));
    }

    private EvaluationRun measure(String name, Evaluator evaluator, List<Input> inputs) {
      return EvaluationStage.run(folder(name), tasks, evaluator, Map.of(), inputs, progress);
    }

    private Path folder(String name) {
      return out.resolve("evaluation").resolve(name);
    }
  }

  /// The shipped recipe on a copy of the sample inside the run's folder, so that the folder can be
  /// moved and still be traced.
  private static Recipe<TrainRecipe> recipe(ShippedFiles shipped, Path out) {
    Path data = out.resolve("data").resolve("train.jsonl");
    if (!Files.exists(data)) {
      AtomicFiles.write(data, content -> Files.copy(shipped.trainingData(), content));
    }
    TrainRecipe settings =
        Recipe.read(TrainRecipe.class, shipped.recipe(), List.of("data.0.path=data/train.jsonl"))
            .settings();
    return new Recipe<>(settings, out);
  }
}
