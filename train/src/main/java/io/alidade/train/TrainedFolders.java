package io.alidade.train;

import io.alidade.core.Embedder;
import io.alidade.core.Example;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.core.manifest.Manifest;
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
import io.alidade.model.head.TextPooling;
import io.alidade.model.head.TrainedLatents;
import io.alidade.model.head.VectorHead;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.transformer.TunedTransformer;
import io.alidade.model.weights.HeldWeights;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Writes the folders that training leaves: `model/` (merged) and, if an adapter was trained,
/// `adapter/` (PEFT), both with `alidade.json` and `golden.json`.
final class TrainedFolders {
  private final TrainRecipe settings;
  private final Backbone backbone;
  private final Path out;

  /// @param out of the run
  TrainedFolders(TrainRecipe settings, Backbone backbone, Path out) {
    this.settings = settings;
    this.backbone = backbone;
    this.out = out;
  }

  /// Writes what came out, in float32 whatever was computed with.
  ///
  /// @param examples of which `golden.json` has the vectors, so that any server can be checked
  void write(Transformer transformer, Trained trained, List<Example> examples) {
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
    int maxTokens = Math.max(settings.maxTokens(), 512);
    return EmbeddingSettings.of(
        TextPooling.of(settings.pooling()),
        Math.min(maxTokens, backbone.config().tokenLimit().orElse(maxTokens)));
  }

  /// What an embedder of the model as it is now gives, adapters not merged.
  <T> T embedding(Transformer transformer, Trained trained, Function<Embedder, T> use) {
    Transformer tuned =
        trained.weights() instanceof LoraAdapter
            ? new TunedTransformer(transformer, trained.weights())
            : transformer;
    try (VectorHead head = head(trained)) {
      return use.apply(embedder(tuned, head));
    }
  }

  private VectorHead head(Trained trained) {
    return VectorHead.of(
        trained.latents().map(layer -> new LatentAttention(layer.values().copy())),
        TextPooling.of(settings.pooling()));
  }

  /// Not to be closed: transformer, tokenizer and head are others'.
  private TextEmbedder embedder(Transformer transformer, VectorHead head) {
    return new TextEmbedder(
        title(),
        transformer,
        backbone.tokenizer(),
        PromptTemplate.E5,
        head,
        embeddingSettings().maxTokens());
  }

  private void writeGolden(Transformer transformer, Trained trained, List<Example> examples) {
    try (VectorHead head = head(trained)) {
      List<GoldenCase> cases = golden(embedder(transformer, head), examples);
      GoldenCase.writeAll(out.resolve("model"), cases);
      if (trained.weights() instanceof LoraAdapter) {
        GoldenCase.writeAll(out.resolve("adapter"), cases);
      }
    }
  }

  private static List<GoldenCase> golden(TextEmbedder embedder, List<Example> examples) {
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
