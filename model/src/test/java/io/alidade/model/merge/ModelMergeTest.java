package io.alidade.model.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.AlidadeException;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.folder.AdapterDescription;
import io.alidade.model.folder.EmbeddingSettings;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelContent;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.folder.ModelFolderWriter;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.merge.Combination.Average;
import io.alidade.model.merge.Combination.Slerp;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelMergeTest {
  private static final String MAP = "layers.0.self_attn.q_proj";
  private static final EmbeddingSettings SETTINGS = EmbeddingSettings.lastToken(48);

  @TempDir Path temp;

  private Backbone base(long seed) {
    try {
      Path file = Files.write(temp.resolve("base%d.gguf".formatted(seed)), TinyModel.gguf(seed));
      return FolderBackbone.openGguf("tiny/model" + seed, "file", file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path whole(long seed, EmbeddingSettings settings) {
    Path folder = temp.resolve("model" + seed);
    try (Backbone base = base(seed)) {
      List<SafetensorsWriter.Item> items =
          base.weights().names().stream()
              .map(name -> SafetensorsWriter.Item.of(name, base.weights(), DType.FLOAT32))
              .toList();
      write(folder, base, settings, new ModelContent.Merged(items));
    }
    return folder;
  }

  private Path adapter(long seed) {
    Path folder = temp.resolve("adapter" + seed);
    try (Backbone base = base(1);
        var _ = TensorScope.open()) {
      List<SafetensorsWriter.Item> items =
          List.of(
              SafetensorsWriter.Item.of(
                  AdapterDescription.nameOfA(MAP), Tensor.normal(seed, 1, DType.FLOAT32, 2, 8)),
              SafetensorsWriter.Item.of(
                  AdapterDescription.nameOfB(MAP), Tensor.normal(-seed, 1, DType.FLOAT32, 8, 2)));
      write(folder, base, SETTINGS, new ModelContent.Adapter(new LoraConfig(2, 4, 0), items));
    }
    return folder;
  }

  private static void write(
      Path folder, Backbone base, EmbeddingSettings settings, ModelContent.Weights weights) {
    ModelFolderWriter.write(
        folder,
        new ModelContent(
            "Tiny",
            base.config(),
            base.mergedConfig(),
            base.tokenizer(),
            settings,
            Optional.empty(),
            BaseReference.of(base),
            Optional.empty(),
            weights));
  }

  private ModelDescription open(Path folder) {
    return ModelFolder.open(folder, _ -> base(1), ModelFolder.BaseCheck.REQUIRE_SAME);
  }

  private static float[] values(ModelDescription model, String name) {
    try (var _ = TensorScope.open()) {
      return model.mergedWeights().tensor(name, DType.FLOAT32).toFloats();
    }
  }

  private float[] values(Path folder, String name) {
    try (ModelDescription model = open(folder)) {
      return values(model, name);
    }
  }

  private static float[] mean(float[] left, float[] right) {
    var mean = new float[left.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (left[i] + right[i]) / 2;
    }
    return mean;
  }

  @Test
  void of_adaptersOfOneBase_averagesWhatTheyChange() {
    Path first = adapter(3);
    Path second = adapter(4);
    float[] expected = mean(values(first, MAP + ".weight"), values(second, MAP + ".weight"));
    try (ModelDescription merged =
        ModelMerge.of(List.of(open(first), open(second)), Average.equal(2))) {
      assertThat(values(merged, MAP + ".weight")).containsExactly(expected, within(1e-6f));
      assertThat(values(merged, "norm.weight")).isEqualTo(values(first, "norm.weight"));
    }
  }

  @Test
  void of_otherCombinations_areOtherModels() {
    Path first = whole(1, SETTINGS);
    Path second = whole(2, SETTINGS);
    try (var half = ModelMerge.of(List.of(open(first), open(second)), new Slerp(0.5));
        var third = ModelMerge.of(List.of(open(first), open(second)), new Slerp(0.3));
        var again = ModelMerge.of(List.of(open(first), open(second)), new Slerp(0.5))) {
      assertThat(half.sha256()).isEqualTo(again.sha256()).isNotEqualTo(third.sha256());
    }
  }

  @Test
  void write_mergedModel_readsBackWithItsGoldenVectors() {
    Path out = temp.resolve("merged");
    List<TextInput> texts = List.of(TextInput.document("ab"), TextInput.query("find it", "b"));
    float[] expected;
    try (ModelDescription merged =
        ModelMerge.of(
            List.of(open(whole(1, SETTINGS)), open(whole(2, SETTINGS))), new Slerp(0.5))) {
      expected = values(merged, MAP + ".weight");
      ModelMerge.write(merged, "two", texts, out);
    }
    assertThat(values(out, MAP + ".weight")).isEqualTo(expected);
    assertThat(GoldenCase.readAll(out)).extracting(GoldenCase::input).isEqualTo(texts);
  }

  @Test
  void of_modelsThatDiffer_areRefusedByWhatDiffers() {
    Path first = whole(1, SETTINGS);
    EmbeddingSettings mean =
        new EmbeddingSettings(
            TextPooling.of(Pooling.MEAN),
            true,
            48,
            SETTINGS.template(),
            SETTINGS.defaultInstruction(),
            SETTINGS.instructions());
    refuses(first, whole(2, mean), "they differ in: pooling");
    refuses(first, Golden.sentenceTransformers("mean", temp.resolve("other")), "shape or settings");
    try (ModelDescription alone = open(first)) {
      assertThatThrownBy(() -> ModelMerge.of(List.of(alone), new Slerp(0.5)))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("takes 2 models, given are 1");
    }
  }

  private void refuses(Path first, Path second, String message) {
    try (ModelDescription left = open(first);
        ModelDescription right = open(second)) {
      assertThatThrownBy(() -> ModelMerge.of(List.of(left, right), Average.equal(2)))
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining(message);
    }
  }
}
