package io.alidade.train;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.core.recipe.Recipe;
import io.alidade.model.EncoderConfig;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.folder.AdapterDescription;
import io.alidade.model.folder.EmbeddingSettings;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelContent;
import io.alidade.model.folder.ModelFolderWriter;
import io.alidade.model.head.LatentAttention;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.model.head.TrainedLatents;
import io.alidade.model.head.VectorHead;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.HeldWeights;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.MatrixSpeed;
import io.alidade.tensor.TensorScope;
import io.alidade.train.batch.Batch;
import io.alidade.train.batch.Member;
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

  /// @param backbone what the recipe names; it stays the caller's
  /// @param notes told in a line each how long it will take, when that is more than a minute, which
  ///   vectors the objective leaves untrained, and that bfloat16 is slow here
  public TrainingRun(
      Recipe<TrainRecipe> recipe, Backbone backbone, Path out, Consumer<String> notes) {
    this.recipe = recipe;
    this.backbone = backbone;
    this.out = out;
    this.notes = notes;
  }

  /// Trains, or goes on.
  ///
  /// @throws UsageException if the recipe does not fit the backbone, the folder holds another run,
  ///   or the data no examples
  public Outcome run(Progress progress, StopSignal signal) {
    TrainRecipe settings = recipe.settings();
    requireFits(settings);
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
        Trainer.Summary summary = train(settings, examples, progress, signal);
        long count = examples.table().size();
        folder.finish(Map.of("examples", count, "steps", (long) summary.steps()));
        return new Outcome(summary, out.resolve("model"));
      }
    }
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
      inputs.add(Input.of("data", file, out));
    }
    return inputs;
  }

  private Trainer.Summary train(
      TrainRecipe settings, Mixture examples, Progress progress, StopSignal signal) {
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
      var trainer = new Trainer(trainee, settings, examples, out);
      noteUntrained(settings.objective(), transformer.config().hidden());
      noteSlow(settings.precision());
      TrainingEstimate estimate = trainer.estimate();
      if (estimate.worthSaying()) {
        notes.accept(estimate.toString());
      }
      Trainer.Summary summary = trainer.run(trained, progress, signal);
      write(settings, transformer, trained, firstOf(examples));
      return summary;
    }
  }

  /// Writes what came out, in float32 whatever was computed with.
  private void write(
      TrainRecipe settings, Transformer transformer, Trained trained, List<Example> examples) {
    if (trained.weights() instanceof LoraAdapter lora) {
      writeAdapter(lora, trained);
    }
    if (settings.precision() == Precision.FP32) {
      writeMerged(transformer, trained, examples);
      return;
    }
    try (Transformer exact = inFloat32(transformer, trained)) {
      writeMerged(exact, trained, examples);
    }
  }

  /// The weights that an adapter was trained beside were rounded, those that were trained are not.
  private Transformer inFloat32(Transformer transformer, Trained trained) {
    if (trained.weights() instanceof LoraAdapter) {
      return Models.transformer(backbone.config(), backbone.weights(), DType.FLOAT32);
    }
    try (var _ = TensorScope.open()) {
      var weights = new HeldWeights(transformer.weights());
      return Models.transformer(backbone.config(), weights, DType.FLOAT32);
    }
  }

  private void writeMerged(Transformer transformer, Trained trained, List<Example> examples) {
    if (trained.weights() instanceof LoraAdapter lora) {
      transformer.merge(lora);
    }
    writeModel(transformer, trained);
    writeGolden(transformer, trained, examples);
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

  private void writeAdapter(LoraAdapter lora, Trained trained) {
    try (var _ = TensorScope.open()) {
      var items = new ArrayList<SafetensorsWriter.Item>();
      lora.storedMatrices()
          .forEach(
              (module, matrices) -> {
                items.add(item(AdapterDescription.nameOfA(module), matrices.a()));
                items.add(item(AdapterDescription.nameOfB(module), matrices.b()));
              });
      write("adapter", trained, new ModelContent.Adapter(lora.config(), items));
    }
  }

  private void writeModel(Transformer transformer, Trained trained) {
    try (var _ = TensorScope.open()) {
      var items = new ArrayList<SafetensorsWriter.Item>();
      transformer.weights().forEach((name, weight) -> items.add(item(name, weight)));
      write("model", trained, new ModelContent.Merged(items));
    }
  }

  private static SafetensorsWriter.Item item(String name, io.alidade.tensor.Tensor tensor) {
    return SafetensorsWriter.Item.of(name, tensor.contiguous());
  }

  private void write(String name, Trained trained, ModelContent.Weights weights) {
    var base = new BaseReference(backbone.name(), backbone.source(), backbone.sha256());
    ModelFolderWriter.write(
        out.resolve(name),
        new ModelContent(
            title(),
            backbone.config(),
            backbone.mergedConfig(),
            backbone.tokenizer(),
            embeddingSettings(),
            trained.latents().map(TrainedLatents::values),
            base,
            Optional.of("../" + Manifest.FILE_NAME),
            weights));
  }

  private String title() {
    return backbone.name().substring(backbone.name().lastIndexOf('/') + 1) + "-alidade";
  }

  /// Embedding may read further than training did.
  private EmbeddingSettings embeddingSettings() {
    int maxTokens = Math.max(recipe.settings().maxTokens(), 512);
    return EmbeddingSettings.of(
        TextPooling.of(recipe.settings().pooling()),
        Math.min(maxTokens, backbone.config().tokenLimit().orElse(maxTokens)));
  }

  private static List<Example> firstOf(Mixture examples) {
    int count = Math.min(GOLDEN_EXAMPLES, examples.table().size());
    return examples.read(IntStream.range(0, count).toArray(), 0).stream()
        .map(Member::example)
        .toList();
  }

  /// A few of the training texts with their vectors, so that any server of the model can be
  /// checked.
  private void writeGolden(Transformer transformer, Trained trained, List<Example> examples) {
    Optional<LatentAttention> latents =
        trained.latents().map(layer -> new LatentAttention(layer.values().copy()));
    try (VectorHead head = VectorHead.of(latents, TextPooling.of(recipe.settings().pooling()))) {
      List<GoldenCase> cases = golden(transformer, head, examples);
      GoldenCase.writeAll(out.resolve("model"), cases);
      if (trained.weights() instanceof LoraAdapter) {
        GoldenCase.writeAll(out.resolve("adapter"), cases);
      }
    }
  }

  private List<GoldenCase> golden(
      Transformer transformer, VectorHead head, List<Example> examples) {
    var embedder =
        new TextEmbedder(
            title(),
            transformer,
            backbone.tokenizer(),
            PromptTemplate.E5,
            head,
            embeddingSettings().maxTokens());
    var inputs = new ArrayList<TextInput>();
    for (Example example : examples) {
      inputs.add(TextInput.query(example.instruction(), example.query()));
      inputs.add(TextInput.document(example.positive()));
    }
    float[][] vectors = embedder.embed(inputs);
    var cases = new ArrayList<GoldenCase>();
    for (int i = 0; i < vectors.length; i++) {
      String rendered = PromptTemplate.E5.render(inputs.get(i));
      cases.add(GoldenCase.of(inputs.get(i), rendered, vectors[i]));
    }
    return cases;
  }
}
