package io.alidade.train;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.PromptTemplate;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.core.recipe.Recipe;
import io.alidade.data.Rows;
import io.alidade.model.EncoderConfig;
import io.alidade.model.Models;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.head.Pooling;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.ComputeThreads;
import io.alidade.tensor.DType;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.MatrixSpeed;
import io.alidade.train.batch.Batch;
import io.alidade.train.batch.Member;
import io.alidade.train.memory.MemoryNeed;
import io.alidade.train.memory.MemoryPlan;
import io.alidade.train.mixture.DataSource;
import io.alidade.train.mixture.Mixture;
import io.alidade.train.objective.Matryoshka;
import io.alidade.train.objective.Objective;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/// A training recipe carried out in a folder: `model/` (merged) and, if an adapter was trained,
/// `adapter/` (PEFT), both with `alidade.json` and `golden.json`, `checkpoints/`, `log.jsonl` and
/// `manifest.json`.
///
/// The same call continues a run that was stopped, and does nothing when it is complete.
public final class TrainingRun {
  public static final String STAGE = "train";

  private static final int GOLDEN_EXAMPLES = 3;

  /// What came out.
  ///
  /// @param model the merged model's folder
  public record Outcome(Trainer.Summary summary, Path model) {}

  private final Recipe<TrainRecipe> recipe;
  private final Backbone backbone;
  private final Path out;
  private final Consumer<String> notes;
  private final StepEvaluator.Source evaluators;

  /// @param backbone what the recipe names; it stays the caller's
  /// @param notes told in a line each how long it will take, when that is more than a minute, which
  ///   vectors the objective leaves untrained, and that bfloat16 is slow here
  public TrainingRun(
      Recipe<TrainRecipe> recipe, Backbone backbone, Path out, Consumer<String> notes) {
    this(
        recipe,
        backbone,
        out,
        notes,
        tasks -> {
          throw new UsageException(
              "evaluation.tasks names %s, but nothing here measures tasks".formatted(tasks));
        });
  }

  /// @param evaluators read the tasks that are measured while training
  public TrainingRun(
      Recipe<TrainRecipe> recipe,
      Backbone backbone,
      Path out,
      Consumer<String> notes,
      StepEvaluator.Source evaluators) {
    this.recipe = recipe;
    this.backbone = backbone;
    this.out = out;
    this.notes = notes;
    this.evaluators = evaluators;
  }

  /// Trains, or goes on.
  ///
  /// @throws UsageException if the recipe does not fit the backbone, the folder holds another run,
  ///   or the data no examples
  public Outcome run(Progress progress, StopSignal signal) {
    TrainRecipe settings = recipe.settings();
    requireFits(settings);
    Optional<StepEvaluator> evaluator = evaluator();
    Manifest planned =
        Manifest.start(
            STAGE,
            recipe.tree(),
            settings.seed(),
            inputs(),
            Map.of("libtorch", LibTorch.setup().version(), "blas", LibTorch.setup().blas()));
    try (RunFolder folder = RunFolder.open(out, planned)) {
      if (folder.complete()) {
        int steps = Math.toIntExact(folder.manifest().counts().getOrDefault("steps", 0L));
        return new Outcome(new Trainer.Summary(steps, steps, Double.NaN), out.resolve("model"));
      }
      try (Mixture examples =
          Mixture.open(settings.data(), recipe::resolve, settings.mixtureRules(), out)) {
        examples.notes().forEach(notes);
        Trainer.Summary summary = train(settings, examples, evaluator, progress, signal);
        long count = examples.table().size();
        folder.finish(Map.of("examples", count, "steps", (long) summary.steps()));
        return new Outcome(summary, out.resolve("model"));
      }
    }
  }

  /// Reads the tasks that the recipe names, before anything is written.
  private Optional<StepEvaluator> evaluator() {
    List<Path> tasks = recipe.settings().evaluation().tasks();
    return tasks.isEmpty()
        ? Optional.empty()
        : Optional.of(evaluators.of(tasks.stream().map(recipe::resolve).toList()));
  }

  private void requireFits(TrainRecipe settings) {
    if (backbone.config() instanceof EncoderConfig && settings.pooling() == Pooling.LAST_TOKEN) {
      throw new UsageException(
          "pooling is last-token, which is for decoders, and %s is an encoder; set pooling to mean or cls"
              .formatted(backbone.name()));
    }
    int layers = backbone.config().layers();
    if (settings.tuning().firstLayer() >= layers) {
      throw new UsageException(
          "tuning.first_layer is %d, but %s has %d layers, counted from 0"
              .formatted(settings.tuning().firstLayer(), backbone.name(), layers));
    }
    if (settings.tuning() instanceof Tuning.Lora lora) {
      lora.config()
          .targets()
          .refusal(Models.linearMaps(backbone.config()))
          .ifPresent(
              refusal -> {
                throw new UsageException(
                    "tuning.targets %s in %s".formatted(refusal, backbone.name()));
              });
    }
    OptionalInt limit = backbone.config().tokenLimit();
    if (limit.isPresent() && settings.maxTokens() > limit.getAsInt()) {
      throw new UsageException(
          "max_tokens is %d, but %s has positions for %d tokens"
              .formatted(settings.maxTokens(), backbone.name(), limit.getAsInt()));
    }
    int hidden = backbone.config().hidden();
    if (settings.objective() instanceof Matryoshka nested && nested.widest() > hidden) {
      throw new UsageException(
          "objective.dims has %d, but vectors of %s have %d dimensions"
              .formatted(nested.widest(), backbone.name(), hidden));
    }
  }

  private List<Input> inputs() {
    var inputs = new ArrayList<Input>();
    inputs.add(new Input("backbone", backbone.source(), backbone.sha256()));
    for (DataSource source : recipe.settings().data()) {
      Path file = recipe.resolve(source.path());
      Rows.requireFile(file);
      inputs.add(Input.of("data", file, out));
    }
    for (Path task : recipe.settings().evaluation().tasks()) {
      inputs.add(Input.of("task", recipe.resolve(task), out));
    }
    return inputs;
  }

  private Trainer.Summary train(
      TrainRecipe settings,
      Mixture examples,
      Optional<StepEvaluator> evaluator,
      Progress progress,
      StopSignal signal) {
    try (Transformer transformer =
            Models.transformer(
                backbone.config(),
                backbone.weights(),
                settings.precision().types(settings.tuning()));
        Trained trained = initial(settings, transformer)) {
      var trainee =
          new Trainer.Trainee(
              transformer,
              settings.pooling(),
              PromptTemplate.E5,
              texts -> backbone.tokenizer().encodeAll(texts, settings.maxTokens()));
      if (settings.batch().tokens() > 0) {
        examples.count(batch -> tokens(batch, trainee), settings.batch().tokens());
      }
      Optional<MemoryPlan> plan = memory(settings, transformer, trained);
      TrainRecipe chunked =
          plan.map(MemoryPlan::chunkTokens).map(settings::withChunkTokens).orElse(settings);
      var trainer = new Trainer(trainee, chunked, examples, out);
      noteUntrained(settings.objective(), transformer.config().hidden());
      noteSlow(settings.precision());
      TrainingEstimate estimate = trainer.estimate();
      if (estimate.worthSaying()) {
        notes.accept(estimate.toString());
      }
      var folders = new TrainedFolders(settings, backbone, out);
      Optional<StepScores> scores =
          evaluator.map(
              tasks ->
                  new StepScores(
                      settings.evaluation(),
                      () -> folders.embedding(transformer, trained, tasks::scores),
                      out,
                      notes));
      Trainer.Summary summary = trainer.run(trained, keeping(plan, progress), signal, scores);
      folders.write(transformer, trained, firstOf(examples));
      return summary;
    }
  }

  /// How many tokens the memory allows at a time, if the recipe leaves it open; a run that goes on
  /// keeps to what it began with.
  private Optional<MemoryPlan> memory(
      TrainRecipe settings, Transformer transformer, Trained trained) {
    if (settings.chunkTokens() > 0) {
      return Optional.empty();
    }
    Optional<MemoryPlan> known = MemoryPlan.read(out);
    if (known.isPresent()) {
      return known;
    }
    MemoryPlan plan = plan(settings, transformer, trained);
    notes.accept(plan.toString());
    return Optional.of(plan);
  }

  /// Writes the plan after the first step: if that one takes too much, nothing is left that would
  /// bind the next attempt.
  private Progress keeping(Optional<MemoryPlan> plan, Progress progress) {
    var first = new AtomicBoolean(true);
    return (done, total, detail) -> {
      if (first.getAndSet(false)) {
        plan.ifPresent(chosen -> chosen.write(out));
      }
      progress.update(done, total, detail);
    };
  }

  private static MemoryPlan plan(TrainRecipe settings, Transformer transformer, Trained trained) {
    int threads = ComputeThreads.count();
    MemoryNeed need =
        MemoryNeed.measure(
            transformer,
            trained.weights(),
            trained.parameters(),
            settings.recompute(),
            settings.maxTokens(),
            threads);
    long limit = MemoryPlan.limitBytes(settings.memoryGib());
    return MemoryPlan.of(limit, need, threads * settings.maxTokens());
  }

  private void noteSlow(Precision precision) {
    if (precision == Precision.BF16) {
      double bf16 = MatrixSpeed.operationsPerSecond(DType.BFLOAT16);
      double fp32 = MatrixSpeed.operationsPerSecond();
      if (bf16 < fp32) {
        notes.accept(
            String.format(
                Locale.ROOT,
                "precision is bf16, but this machine multiplies bfloat16 at %.0f GFLOPS and float32"
                    + " at %.0f; fp32 is faster here",
                bf16 / 1e9,
                fp32 / 1e9));
      }
    }
  }

  private static int tokens(Batch batch, Trainer.Trainee trainee) {
    return ContrastiveStep.Ids.of(batch, trainee.template(), trainee.tokenizer()).all().stream()
        .mapToInt(ids -> ids.length)
        .sum();
  }

  private void noteUntrained(Objective objective, int hidden) {
    if (objective instanceof Matryoshka nested && nested.widest() < hidden) {
      notes.accept(
          "objective.dims has no %d, so that vectors are good cut to %d dimensions or fewer only"
              .formatted(hidden, nested.widest()));
    }
  }

  private static Trained initial(TrainRecipe settings, Transformer transformer) {
    int hidden = transformer.config().hidden();
    return new Trained(
        settings.tuning().initial(transformer, settings.seed()),
        settings.head().initial(hidden, DType.FLOAT32, settings.seed()),
        settings
            .objective()
            .classifier(hidden)
            .map(shape -> TrainedClassifier.initial(shape, DType.FLOAT32, settings.seed())));
  }

  private static List<Example> firstOf(Mixture examples) {
    int count = Math.min(GOLDEN_EXAMPLES, examples.table().size());
    return examples.read(IntStream.range(0, count).toArray(), 0).stream()
        .map(Member::example)
        .toList();
  }
}
