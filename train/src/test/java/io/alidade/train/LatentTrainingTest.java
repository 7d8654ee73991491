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
import io.alidade.model.decoder.Decoder;
import io.alidade.model.export.ModelExport;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.head.LatentShape;
import io.alidade.model.head.LatentWeights;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TrainedLatents;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.weights.GgufType;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.testkit.tiny.TinyModel;
import io.alidade.train.objective.InfoNce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Latent attention trained together with an adapter.
class LatentTrainingTest {
  @TempDir Path folder;
  @TempDir Path other;

  // --- one step ----------------------------------------------------------------------------------

  /// Golden made by `testkit/scripts/golden_latent_attention.py`.
  @ParameterizedTest
  @CsvSource({
    "FLOAT64, 10000, 1e-9",
    "FLOAT64, 40, 1e-9",
    "FLOAT32, 10000, 1e-4",
    "FLOAT32, 40, 1e-4",
  })
  void gradient_goldenBatch_equalsPyTorch(DType dtype, int chunkTokens, double tolerance) {
    try (var _ = TensorScope.open();
        SafetensorsFile golden =
            SafetensorsFile.open(Golden.file("latent-attention/step.safetensors", other));
        GoldenStepTest.Setting setting = GoldenStepTest.setting(dtype, folder);
        TrainedLatents latents = TrainedLatents.of(sines(dtype));
        var step =
            new ContrastiveStep(
                setting.decoder(),
                Pooling.MEAN,
                new Trained(setting.lora(), Optional.of(latents), Optional.empty()),
                new InfoNce(0.02, true),
                ContrastiveStep.Chunking.of(chunkTokens, false))) {
      double loss = step.run(GoldenStepTest.ids(), 0).loss();
      double expected = Golden.json("latent-attention/step.json").get("loss").doubleValue();
      assertThat(loss).isCloseTo(expected, within(tolerance * expected));
      var actual = new ArrayList<String>();
      setting
          .lora()
          .gradientMatrices()
          .forEach((name, pair) -> check(golden, name + ".A", pair.a(), tolerance, actual));
      latents
          .gradients()
          .named()
          .forEach((name, gradient) -> check(golden, name, gradient, tolerance, actual));
      assertThat(actual).containsExactlyInAnyOrderElementsOf(golden.names());
    }
  }

  private static void check(
      SafetensorsFile golden, String name, Tensor actual, double tolerance, List<String> checked) {
    String stored = "grad." + name;
    if (golden.names().contains(stored)) {
      GoldenStepTest.assertTensor(golden, stored, actual, tolerance);
      checked.add(stored);
    }
  }

  /// The script's weights.
  private static LatentWeights sines(DType dtype) {
    LatentWeights weights = LatentWeights.initial(new LatentShape(48, 7, 2, 5), DType.FLOAT64, 0);
    weights
        .named()
        .forEach(
            (_, tensor) -> {
              long[] shape = tensor.shape();
              double[] values = new double[(int) Tensor.elements(shape)];
              for (int i = 0; i < values.length; i++) {
                values[i] =
                    Math.sin((i + 1.0) * (i + 1.0)) / Math.sqrt((double) shape[shape.length - 1]);
              }
              tensor.copyFrom(Tensor.of(values, shape));
            });
    return dtype == DType.FLOAT64 ? weights : single(weights);
  }

  private static LatentWeights single(LatentWeights weights) {
    try (weights) {
      LatentWeights result = LatentWeights.initial(weights.shape(), DType.FLOAT32, 0);
      result.flat().copyFrom(weights.flat());
      return result;
    }
  }

  // --- a run's checkpoints -----------------------------------------------------------------------

  @Test
  void run_stoppedAndContinued_endsWithTheSameBits() {
    float[] expected = train(folder, StopSignal.NEVER);
    var asked = new AtomicInteger();
    assertThatThrownBy(() -> train(other, () -> asked.incrementAndGet() >= 3))
        .isInstanceOf(InterruptedRunException.class);
    assertThat(train(other, StopSignal.NEVER)).containsExactly(expected);
  }

  @Test
  void run_checkpointOfAnAdapterAlone_isRefused() {
    try (Decoder decoder = TinyTraining.decoder(other);
        LoraAdapter lora = TinyTraining.adapter()) {
      trainer(decoder, folder).run(Trained.of(lora), Progress.NONE, StopSignal.NEVER);
    }
    assertThatThrownBy(() -> train(folder, StopSignal.NEVER))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining("step-6.state")
        .hasMessageEndingWith("so it is of another run; delete it");
  }

  /// The latents' values at the end.
  private float[] train(Path run, StopSignal signal) {
    try (Decoder decoder = TinyTraining.decoder(other);
        LoraAdapter lora = TinyTraining.adapter();
        TrainedLatents latents =
            TrainedLatents.of(
                LatentWeights.initial(new LatentShape(48, 6, 2, 4), DType.FLOAT32, 9))) {
      float[] before = latents.values().flat().toFloats();
      trainer(decoder, run)
          .run(new Trained(lora, Optional.of(latents), Optional.empty()), Progress.NONE, signal);
      float[] after = latents.values().flat().toFloats();
      assertThat(after).isNotEqualTo(before);
      return after;
    }
  }

  private static Trainer trainer(Decoder decoder, Path run) {
    Trainer.Trainee lastToken = TinyTraining.trainee(decoder);
    var trainee =
        new Trainer.Trainee(decoder, Pooling.MEAN, lastToken.template(), lastToken.tokenizer());
    return new Trainer(trainee, TinyTraining.recipe(6, 1e-2), TinyTraining.examples(30), run);
  }

  // --- from a recipe to folders ------------------------------------------------------------------

  private Recipe<TrainRecipe> recipe(String... more) throws IOException {
    List<String> lines =
        IntStream.range(0, 12)
            .mapToObj(
                i ->
                    "{\"query\": \"%1$s\", \"positive\": \"the %1$s boat\", \"negatives\": [\"no\"]}"
                        .formatted("a".repeat(i % 4 + 1) + (char) ('a' + i)))
            .toList();
    Files.write(folder.resolve("train.jsonl"), lines);
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            backbone: tiny
            data: [{path: train.jsonl, instruction: find}]
            tuning: {rank: 2, alpha: 4}
            batch: {examples: 4}
            optimizer: {learning_rate: 0.01}
            pooling: mean
            head: {type: latent-attention, latents: 5, heads: 2, head_dim: 3}
            max_tokens: 40
            steps: 3
            """);
    return Recipe.read(TrainRecipe.class, file, List.of(more));
  }

  private Backbone backbone() {
    try {
      Path file = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
      return FolderBackbone.openGguf("tiny", "file tiny.gguf", file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private ModelDescription open(Path model) {
    return ModelFolder.open(model, _ -> backbone(), ModelFolder.BaseCheck.REQUIRE_SAME);
  }

  private Path run() throws IOException {
    Path out = folder.resolve("out");
    try (Backbone backbone = backbone()) {
      new TrainingRun(recipe(), backbone, out, _ -> {}).run(Progress.NONE, StopSignal.NEVER);
    }
    return out;
  }

  @Test
  void run_latentAttention_writesModelAndAdapterOfTheSameVectors() throws IOException {
    Path out = run();
    for (String name : List.of("model", "adapter")) {
      List<GoldenCase> cases = GoldenCase.readAll(out.resolve(name));
      List<TextInput> inputs = cases.stream().map(GoldenCase::input).toList();
      try (TextEmbedder model = Models.load(open(out.resolve(name)))) {
        float[][] vectors = model.embed(inputs);
        for (int i = 0; i < vectors.length; i++) {
          for (int j = 0; j < vectors[i].length; j++) {
            assertThat(vectors[i][j]).isCloseTo(cases.get(i).embedding().get(j), within(1e-5f));
          }
        }
      }
      assertThat(out.resolve(name).resolve("README.md"))
          .content()
          .contains("latent attention to 5, then mean", "without code of their own")
          .doesNotContain("from sentence_transformers import", "- sentence-transformers");
      assertThat(out.resolve(name).resolve("modules.json"))
          .content()
          .contains("alidade.LatentAttention", "1_LatentAttention", "2_Pooling");
    }
  }

  @Test
  void export_latentAttention_isRefused() throws IOException {
    Path out = run();
    try (ModelDescription model = open(out.resolve("model"))) {
      Path file = folder.resolve("model.gguf");
      assertThatThrownBy(() -> ModelExport.gguf(model, GgufType.F16, file))
          .isInstanceOf(AlidadeException.class)
          .hasMessage(
              "model has latent attention (1_LatentAttention), which GGUF cannot hold; use its"
                  + " folder with Alidade");
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void sha256_latentsChanged_isAnother() throws IOException {
    Path model = run().resolve("model");
    String before = sha256(model);
    Path weights = model.resolve("1_LatentAttention/model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    bytes[bytes.length - 1] ^= 1;
    Files.write(weights, bytes);
    assertThat(sha256(model)).isNotEqualTo(before);
  }

  private String sha256(Path model) {
    try (ModelDescription description = open(model)) {
      return description.sha256();
    }
  }

  @Test
  void load_sizesOfAnotherModel_areRefused() throws IOException {
    Path model = run().resolve("model");
    Path config = model.resolve("1_LatentAttention/config.json");
    Files.writeString(config, "{\"hidden\": 7, \"latents\": 5, \"heads\": 2, \"head_dim\": 3}");
    try (ModelDescription description = open(model)) {
      assertThatThrownBy(description::loadHead)
          .isInstanceOf(AlidadeException.class)
          .hasMessageStartingWith(config + ": has \"hidden\" 7, the model's states have ");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pooling=last-token | latent attention is pooled over all tokens; set pooling to mean",
        "head.latents=0 | head.latents must be at least 1, is 0",
        "head.type=latent | head.type is \"latent\"; allowed are latent-attention, pooling-only",
      })
  void recipe_settingThatCannotBe_isRefused(String setting, String message) {
    assertThatThrownBy(() -> recipe(setting))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }
}
