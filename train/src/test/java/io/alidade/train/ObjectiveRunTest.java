package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Runs by other objectives than the paper's, from the data to the model.
class ObjectiveRunTest {
  private static final String GRADED =
      "{\"sentence1\": \"%s\", \"sentence2\": \"%sy\", \"score\": %s}";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: co-sent}                                        | {"sentence1": "%s", "sentence2": "%sy", "score": %s}
          {type: angle, scale: 10}                               | {"anchor": "%s", "positive": "%sy", "label": %s}
          {type: cosine-mse, greatest: 5}                        | {"query": "%s", "positive": "%sy", "score": %s}
          {type: softmax, classes: [near, far]}                  | {"sentence1": "%s", "sentence2": "%sy", "label": "near", "x": %s}
          {type: distillation}                                   | {"query": "%s", "pos": ["%sy"], "neg": ["n"], "pos_scores": [%s], "neg_scores": [1]}
          {type: margin-mse}                                     | {"query": "%s", "positive": "%sy", "negative": "n", "score": %s}
          {type: triplet, distance: cosine}                      | {"query": "%s", "positive": "%sy", "negative": "n%s"}
          {type: matryoshka, dims: [8, 4], objective: {type: co-sent}} | {"sentence1": "%s", "sentence2": "%sy", "score": %s}
          {type: info-nce, temperature: 0.05}                    | {"text": "%s %s %s"}
          """)
  void run_dataOfTheObjective_trainsAModel(String objective, String row) throws IOException {
    write(row);
    Path out = run(objective, "{rank: 2, alpha: 4, dropout: 0.1}", StopSignal.NEVER);
    assertThat(out.resolve("model/model.safetensors")).exists();
    assertThat(new TrainingLog(out.resolve(TrainingLog.FILE_NAME)).read())
        .hasSize(3)
        .allSatisfy(line -> assertThat(line.gradientNorm()).isPositive());
  }

  @Test
  void run_matryoshkaWithoutTheModelsWidth_saysSo() throws IOException {
    write(GRADED);
    var said = new ArrayList<String>();
    Path file = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
    String objective = "{type: matryoshka, dims: [4, 2], objective: {type: co-sent}}";
    try (Backbone backbone = FolderBackbone.openGguf("tiny", "file tiny.gguf", file)) {
      new TrainingRun(recipe(objective, "{rank: 2}"), backbone, folder.resolve("out"), said::add)
          .run(Progress.NONE, StopSignal.NEVER);
    }
    assertThat(said)
        .containsExactly(
            "objective.dims has no 8, so that vectors are good cut to 4 dimensions or fewer only");
  }

  @Test
  void run_withAClassifierStoppedAndContinued_endsWithTheSameBits() throws IOException {
    write("{\"sentence1\": \"%s\", \"sentence2\": \"%sy\", \"label\": %s}");
    String softmax = "{type: softmax, classes: [a, b, c, d, e, f]}";
    String lora = "{rank: 2, alpha: 4, dropout: 0}";
    byte[] expected = model(run(softmax, lora, StopSignal.NEVER));
    Files.move(folder.resolve("out"), folder.resolve("whole"));
    var asked = new AtomicInteger();
    assertThatThrownBy(() -> run(softmax, lora, () -> asked.incrementAndGet() >= 2))
        .isInstanceOf(InterruptedRunException.class);
    assertThat(model(run(softmax, lora, StopSignal.NEVER))).isEqualTo(expected);
  }

  private static byte[] model(Path out) throws IOException {
    return Files.readAllBytes(out.resolve("adapter/adapter_model.safetensors"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: info-nce} | train.jsonl:1: score is 0, but objective info-nce takes every pair as texts that belong together
          {type: triplet}  | train.jsonl:1: score is 0, but objective triplet
          {type: cosine-mse, greatest: 3} | train.jsonl:5: score is 4, but objective cosine-mse has least 0 and greatest 3
          {type: softmax, classes: [a, b]} | train.jsonl:3: objective softmax needs a "label" in every row: one of a, b,
          {type: distillation} | train.jsonl:1: objective distillation needs "teacher_scores" in every row
          {type: matryoshka, dims: [4000], objective: {type: co-sent}} | objective.dims has 4000, but vectors of tiny have
          """)
  void run_dataOfAnotherObjective_isRefusedByItsLine(String objective, String message)
      throws IOException {
    write(GRADED);
    assertThatThrownBy(() -> run(objective, "{rank: 2, alpha: 4}", StopSignal.NEVER))
        .isInstanceOf(AlidadeException.class)
        .hasMessageContaining(message);
  }

  @Test
  void run_copiesWithoutDropout_areRefused() throws IOException {
    write("{\"text\": \"%s %s %s\"}");
    assertThatThrownBy(() -> run("{type: info-nce}", "{dropout: 0}", StopSignal.NEVER))
        .isInstanceOf(AlidadeException.class)
        .hasMessageEndingWith("set tuning to {type: lora, dropout: 0.1} or the like");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {type: infonce}                           | objective.type is "infonce"; allowed are angle, co-sent, cosine-mse, distillation, info-nce, margin-mse, matryoshka, softmax, triplet
          {type: info-nce, directions: [query-to-document, query]} | objective.directions.1 is "query"; allowed are query-to-document,
          {type: info-nce, false_negatives: {margin: 3}} | objective.false_negatives.margin must be in [-2, 2], is 3.0
          {type: co-sent, scale: 0}                 | objective.scale must be above 0, is 0.0
          {type: distillation, teacher_temperature: 0} | objective.teacher_temperature must be above 0, is 0.0
          {type: cosine-mse, least: 2}              | objective.greatest must be above least, is 1.0, and least 2.0
          {type: softmax}                           | key "objective.classes" is missing
          {type: softmax, classes: [a, a]}          | objective.classes must be two labels or more
          {type: matryoshka}                        | key "objective.dims" is missing
          {type: matryoshka, dims: [0]}             | objective.dims must be numbers of dimensions of at least 1
          {type: matryoshka, dims: [8], weights: [1, 2]} | objective.weights must be as many as dims, 1, is [1.0, 2.0]
          {type: matryoshka, dims: [3], objective: {type: angle}} | objective.dims must be even for objective angle
          {type: matryoshka, dims: [8], objective: {type: softmax, classes: [a, b]}} | objective.objective must be one of vectors of any width
          {type: triplet, distance: manhattan}      | objective.distance is "manhattan"; allowed are cosine, euclidean
          {type: margin-mse}, batch: {hard_negatives: 0} | objective is over hard negatives, but batch.hard_negatives is 0; set it to 1 or more
          """)
  void recipe_settingThatCannotBe_namesTheKey(String objective, String message) throws IOException {
    write(GRADED);
    assertThatThrownBy(() -> recipe(objective, "{rank: 2}"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  /// Rows of a word twice and a number from 0 to 5.
  private void write(String row) throws IOException {
    List<String> lines =
        IntStream.range(0, 8)
            .mapToObj(i -> row.formatted("a".repeat(i % 3 + 1), (char) ('c' + i), i % 6))
            .toList();
    Files.write(folder.resolve("train.jsonl"), lines);
  }

  private Recipe<TrainRecipe> recipe(String objective, String lora) throws IOException {
    String batch = objective.contains("batch:") ? "" : "batch: {examples: 4}";
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            {backbone: tiny, data: [{path: train.jsonl, symmetric: true}], objective: %s,
             tuning: %s, optimizer: {learning_rate: 0.01, schedule: cosine}, max_tokens: 40, steps: 3,
             chunk_tokens: 40, checkpoint: {every_steps: 1, keep: 1}, %s}
            """
                .formatted(objective, lora, batch));
    return Recipe.read(TrainRecipe.class, file, List.of());
  }

  private Path run(String objective, String lora, StopSignal signal) throws IOException {
    Path out = folder.resolve("out");
    Path file = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
    try (Backbone backbone = FolderBackbone.openGguf("tiny", "file tiny.gguf", file)) {
      new TrainingRun(recipe(objective, lora), backbone, out, _ -> {}).run(Progress.NONE, signal);
    }
    return out;
  }
}
