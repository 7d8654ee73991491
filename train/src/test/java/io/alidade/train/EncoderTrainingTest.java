package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.config.JsonObject;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A training run over an encoder, from its folder to the two that come out.
class EncoderTrainingTest {
  @TempDir Path folder;

  @BeforeEach
  void writeData() throws IOException {
    List<String> lines = IntStream.range(0, 12).mapToObj(EncoderTrainingTest::line).toList();
    Files.write(folder.resolve("train.jsonl"), lines);
  }

  private static String line(int number) {
    String word = "a".repeat(number % 4 + 1) + (char) ('a' + number);
    return """
    {"kind": "short-long", "language": "en", "instruction": "find", "query": "%s", \
    "positive": "the %s boat", "negatives": ["no %sx"]}"""
        .formatted(word, word, word);
  }

  private Recipe<TrainRecipe> recipe(String pooling, int maxTokens, String... overrides)
      throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            backbone: encoder
            data: [{path: train.jsonl}]
            tuning: {rank: 2, alpha: 4, dropout: 0.1}
            batch: {examples: 4, hard_negatives: 1, homogeneous: kind}
            optimizer: {learning_rate: 0.05}
            pooling: %s
            max_tokens: %d
            steps: 3
            """
                .formatted(pooling, maxTokens));
    return Recipe.read(TrainRecipe.class, file, List.of(overrides));
  }

  private Backbone backbone(String golden, String family) throws IOException {
    Path files = Files.createDirectories(folder.resolve("encoder"));
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Golden.file("sentence-transformers/" + golden + "/" + name, files);
    }
    Golden.file("families/" + family + "/model.safetensors", files);
    return FolderBackbone.openFolder(files.toString(), "folder " + files, files);
  }

  @ParameterizedTest
  @CsvSource({
    "bert-mean, bert, mean, [PAD]",
    "roberta-cls, roberta, cls, <pad>",
    "modernbert-cls, modernbert, weighted-mean, [PAD]"
  })
  void run_encoder_writesModelAndAdapterOfTheSameVectors(
      String golden, String family, String pooling, String padding) throws Exception {
    Path out = folder.resolve("out");
    try (Backbone backbone = backbone(golden, family)) {
      new TrainingRun(recipe(pooling, 40), backbone, out, _ -> {}).run(Progress.NONE, () -> false);
      try (SafetensorsFile merged = SafetensorsFile.openFolder(out.resolve("model"))) {
        assertThat(merged.names()).containsExactlyInAnyOrderElementsOf(backbone.weights().names());
      }
    }
    Path tokenizer = out.resolve("model/tokenizer_config.json");
    assertThat(JsonObject.read(tokenizer).requiredText("pad_token")).isEqualTo(padding);
    assertGoldenVectors(out.resolve("model"));
    assertGoldenVectors(out.resolve("adapter"));
  }

  /// By the ends of names alone PEFT would adapt all layers, and miss the matrices of the lowest.
  @Test
  void run_upperLayers_writesAnAdapterThatSaysWhich() throws Exception {
    Path out = folder.resolve("out");
    try (Backbone backbone = backbone("bert-mean", "bert")) {
      new TrainingRun(recipe("mean", 40, "tuning.first_layer=1"), backbone, out, _ -> {})
          .run(Progress.NONE, () -> false);
    }
    JsonObject config = JsonObject.read(out.resolve("adapter/adapter_config.json"));
    assertThat(config.node().path("target_modules"))
        .hasSize(6)
        .allMatch(name -> name.asString().startsWith("encoder.layer.1."));
    try (var adapter = SafetensorsFile.open(out.resolve("adapter/adapter_model.safetensors"))) {
      assertThat(adapter.names()).isNotEmpty().allMatch(name -> name.contains(".layer.1."));
    }
    assertGoldenVectors(out.resolve("model"));
    assertGoldenVectors(out.resolve("adapter"));
  }

  private static void assertGoldenVectors(Path folder) {
    List<GoldenCase> cases = GoldenCase.readAll(folder);
    assertThat(cases).isNotEmpty();
    try (TextEmbedder model = Models.load(open(folder))) {
      assertThat(model.maxTokens())
          .isEqualTo(model.transformer().config().tokenLimit().orElse(512));
      List<TextInput> inputs = cases.stream().map(GoldenCase::input).toList();
      float[][] vectors = model.embed(inputs);
      for (int i = 0; i < vectors.length; i++) {
        List<Float> expected = cases.get(i).embedding();
        for (int j = 0; j < vectors[i].length; j++) {
          assertThat(vectors[i][j]).isCloseTo(expected.get(j), within(1e-5f));
        }
      }
    }
  }

  private static ModelDescription open(Path folder) {
    return ModelFolder.open(
        folder,
        base -> {
          throw new AlidadeException("no base " + base.name());
        },
        ModelFolder.BaseCheck.REQUIRE_SAME);
  }

  /// It is the default, which few would mean here.
  @Test
  void run_lastTokenOfAnEncoder_isRefused() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("last-token", 40);
    try (Backbone backbone = backbone("bert-mean", "bert")) {
      var run = new TrainingRun(recipe, backbone, folder.resolve("out"), _ -> {});
      assertThatThrownBy(() -> run.run(Progress.NONE, () -> false))
          .isInstanceOf(UsageException.class)
          .hasMessageStartingWith("pooling is last-token, which is for decoders, and ")
          .hasMessageEndingWith("encoder is an encoder; set pooling to mean or cls");
      assertThat(folder.resolve("out")).doesNotExist();
    }
  }

  @Test
  void run_noLayerToAdapt_isRefused() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("mean", 40, "tuning.first_layer=9");
    try (Backbone backbone = backbone("bert-mean", "bert")) {
      var run = new TrainingRun(recipe, backbone, folder.resolve("out"), _ -> {});
      assertThatThrownBy(() -> run.run(Progress.NONE, () -> false))
          .isInstanceOf(UsageException.class)
          .hasMessageStartingWith("tuning.first_layer is 9, but ")
          .hasMessageEndingWith("encoder has 2 layers, counted from 0");
    }
  }

  @Test
  void run_moreTokensThanPositions_isRefused() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("mean", 64);
    try (Backbone backbone = backbone("roberta-cls", "roberta")) {
      var run = new TrainingRun(recipe, backbone, folder.resolve("out"), _ -> {});
      assertThatThrownBy(() -> run.run(Progress.NONE, () -> false))
          .isInstanceOf(UsageException.class)
          .hasMessageStartingWith("max_tokens is 64, but ")
          .hasMessageEndingWith("encoder has positions for 48 tokens");
    }
  }

  @Test
  void recipe_poolingOfLargestValues_isRefused() {
    assertThatThrownBy(() -> recipe("max", 40))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("pooling max is not trained; all others are");
  }
}
