package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

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
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.MatrixSpeed;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.train.memory.MemoryPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs by what is trained and in which precision, from a backbone's folder to what comes out.
class TuningRunTest {
  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void writeData() throws IOException {
    List<String> lines = IntStream.range(0, 12).mapToObj(TuningRunTest::line).toList();
    Files.write(folder.resolve("train.jsonl"), lines);
  }

  private static String line(int number) {
    String word = "a".repeat(number % 4 + 1) + (char) ('a' + number);
    return """
    {"query": "%s", "positive": "the %s boat", "negatives": ["no %sx"]}"""
        .formatted(word, word, word);
  }

  private Recipe<TrainRecipe> recipe(String tuning, String... overrides) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            backbone: tiny
            data: [{path: train.jsonl}]
            tuning: %s
            batch: {examples: 4, hard_negatives: 1, homogeneous: kind}
            optimizer: {learning_rate: 0.01, warmup_steps: 1}
            pooling: mean
            max_tokens: 40
            steps: 6
            checkpoint: {every_steps: 2}
            """
                .formatted(tuning));
    return Recipe.read(TrainRecipe.class, file, List.of(overrides));
  }

  private Backbone backbone(String golden, String family) throws IOException {
    Path files = Files.createDirectories(folder.resolve(golden));
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Golden.file("sentence-transformers/" + golden + "/" + name, files);
    }
    Golden.file("families/" + family + "/model.safetensors", files);
    return FolderBackbone.openFolder(files.toString(), "folder " + files, files);
  }

  private Path train(String out, Recipe<TrainRecipe> recipe, StopSignal signal) throws IOException {
    try (Backbone backbone = backbone("bert-mean", "bert")) {
      new TrainingRun(recipe, backbone, folder.resolve(out), notes::add).run(Progress.NONE, signal);
    }
    return folder.resolve(out);
  }

  private Path train(String out, Recipe<TrainRecipe> recipe) throws IOException {
    return train(out, recipe, StopSignal.NEVER);
  }

  @ParameterizedTest
  @CsvSource({"fp32, false", "fp32, true", "bf16, false"})
  void run_full_writesAModelOfWhichAllWeightsMoved(String precision, boolean recompute)
      throws Exception {
    Path out =
        train("out", recipe("{type: full}", "precision=" + precision, "recompute=" + recompute));
    assertThat(out.resolve("adapter")).doesNotExist();
    assertGoldenVectors(out.resolve("model"));
    try (var _ = TensorScope.open();
        SafetensorsFile before = SafetensorsFile.openFolder(folder.resolve("bert-mean"));
        SafetensorsFile after = SafetensorsFile.openFolder(out.resolve("model"))) {
      assertThat(after.names()).containsExactlyInAnyOrderElementsOf(before.names());
      for (String name : before.names()) {
        Tensor moved = after.tensor(name, DType.FLOAT32).minus(before.tensor(name, DType.FLOAT32));
        boolean carried = name.startsWith("pooler.");
        assertThat(moved.norm() > 0).as(name).isEqualTo(!carried);
      }
    }
    assertThat(loss(out, 5)).isLessThan(loss(out, 0));
  }

  @Test
  void run_fullStoppedAndContinued_endsWithTheSameBytes() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("{type: full}", "chunk_tokens=40", "recompute=true");
    Path whole = train("whole", recipe);
    var asked = new AtomicInteger();
    assertThatThrownBy(() -> train("stopped", recipe, () -> asked.incrementAndGet() == 3))
        .isInstanceOf(InterruptedRunException.class);
    Path stopped = train("stopped", recipe);
    assertThat(stopped.resolve("model/model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("model/model.safetensors"));
  }

  @Test
  void run_memoryAsked_choosesTheChunkOnceForAll() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("{rank: 2, alpha: 4}", "memory_gib=40");
    var asked = new AtomicInteger();
    assertThatThrownBy(() -> train("out", recipe, () -> asked.incrementAndGet() == 3))
        .isInstanceOf(InterruptedRunException.class);
    MemoryPlan plan = MemoryPlan.read(folder.resolve("out")).orElseThrow();
    assertThat(plan.limitBytes()).isEqualTo(40L << 30);
    assertThat(notes).contains(plan.toString());

    notes.clear();
    train("out", recipe);
    assertThat(MemoryPlan.read(folder.resolve("out"))).contains(plan);
    assertThat(notes).isEmpty();
  }

  @Test
  void run_memoryTooSmall_saysSoAndLeavesTheFolderToTheCorrectedRecipe() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("{rank: 2, alpha: 4}", "memory_gib=0.01");
    assertThatThrownBy(() -> train("out", recipe))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("raise memory_gib");
    assertThat(loss(train("out", recipe("{rank: 2, alpha: 4}")), 5)).isPositive();
  }

  @Test
  void run_loraInBfloat16_writesTheExactWeights() throws Exception {
    Path out = train("out", recipe("{rank: 2, alpha: 4}", "precision=bf16"));
    assertGoldenVectors(out.resolve("model"));
    assertGoldenVectors(out.resolve("adapter"));
    assertThat(loss(out, 5)).isLessThan(loss(out, 0));
    boolean slower =
        MatrixSpeed.operationsPerSecond(DType.BFLOAT16) < MatrixSpeed.operationsPerSecond();
    assertThat(notes.stream().filter(n -> n.startsWith("precision is bf16, but this machine")))
        .hasSize(slower ? 1 : 0);
  }

  @Test
  void run_someMaps_writesAnAdapterThatSaysWhich() throws Exception {
    Path out = train("out", recipe("{rank: 2, targets: [q, output.dense], rank_stabilised: true}"));
    JsonObject config = JsonObject.read(out.resolve("adapter/adapter_config.json"));
    assertThat(config.flag("use_rslora")).hasValue(true);
    assertThat(config.elements("target_modules").map(node -> node.asString()))
        .containsExactly("attention.output.dense", "output.dense", "query");
    assertGoldenVectors(out.resolve("model"));
    assertGoldenVectors(out.resolve("adapter"));
  }

  /// The end of its name is that of attention's output, too, so that it must be named whole.
  @Test
  void run_mapWhoseNameEndsAnother_isNamedWhole() throws Exception {
    Path out = train("out", recipe("{rank: 2, targets: [down]}"));
    JsonObject config = JsonObject.read(out.resolve("adapter/adapter_config.json"));
    assertThat(config.elements("target_modules").map(node -> node.asString()))
        .containsExactly("encoder.layer.0.output.dense", "encoder.layer.1.output.dense");
    assertGoldenVectors(out.resolve("adapter"));
  }

  @Test
  void run_unknownTarget_isRefusedWithThoseAllowed() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("{targets: [q, gate]}");
    assertThatThrownBy(() -> train("out", recipe))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "tuning.targets has \"gate\", which is none of q, k, v, o, up, down,"
                + " attention.self.query, attention.self.key, attention.self.value,"
                + " attention.output.dense, intermediate.dense, output.dense in "
                + folder.resolve("bert-mean"));
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void recipe_keysOfLoraInFullTuning_areRefused() {
    assertThatThrownBy(() -> recipe("{type: full, rank: 8}"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("unknown key \"tuning.rank\"");
  }

  private static double loss(Path out, int step) {
    return new TrainingLog(out.resolve(TrainingLog.FILE_NAME)).read().get(step).loss();
  }

  private static void assertGoldenVectors(Path folder) {
    List<GoldenCase> cases = GoldenCase.readAll(folder);
    assertThat(cases).isNotEmpty();
    try (TextEmbedder model =
        Models.load(
            ModelFolder.open(
                folder,
                base -> {
                  throw new AssertionError("no base " + base.name());
                },
                ModelFolder.BaseCheck.REQUIRE_SAME))) {
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
}
