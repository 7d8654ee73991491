package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.folder.ModelFolder;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The score is a component of a text's vector, which says of which step a model is.
class StepScoresTest {
  @TempDir Path folder;

  private final List<String> notes = new ArrayList<>();

  @BeforeEach
  void writeData() throws IOException {
    List<String> lines =
        IntStream.range(0, 12)
            .mapToObj(
                i ->
                    "{\"query\": \"q%c\", \"positive\": \"the %c boat\"}"
                        .formatted('a' + i, 'a' + i))
            .toList();
    Files.write(folder.resolve("train.jsonl"), lines);
    Files.writeString(folder.resolve("task.jsonl"), "{}\n");
  }

  private Recipe<TrainRecipe> recipe(String tuning, String... overrides) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            backbone: tiny
            data: [{path: train.jsonl}]
            tuning: %s
            batch: {examples: 4, hard_negatives: 0, homogeneous: kind}
            optimizer: {learning_rate: 0.03, warmup_steps: 1}
            pooling: mean
            max_tokens: 40
            steps: 8
            checkpoint: {every_steps: 3}
            evaluation: {tasks: [task.jsonl], every_steps: 2}
            """
                .formatted(tuning));
    return Recipe.read(TrainRecipe.class, file, List.of(overrides));
  }

  private static double score(Embedder model, double sign) {
    return sign * model.embed(List.of(TextInput.document("the a boat")))[0][0];
  }

  private Path train(String out, Recipe<TrainRecipe> recipe, double sign, StopSignal signal)
      throws IOException {
    Path files = backboneFiles();
    try (Backbone backbone = FolderBackbone.openFolder("bert", "folder", files)) {
      new TrainingRun(
              recipe,
              backbone,
              folder.resolve(out),
              notes::add,
              tasks -> {
                assertThat(tasks).containsExactly(folder.resolve("task.jsonl"));
                return model -> Map.of("task", score(model, sign));
              })
          .run(Progress.NONE, signal);
    }
    return folder.resolve(out);
  }

  private Path backboneFiles() throws IOException {
    Path files = Files.createDirectories(folder.resolve("bert"));
    for (String name : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
      Golden.file("sentence-transformers/bert-mean/" + name, files);
    }
    Golden.file("families/bert/model.safetensors", files);
    return files;
  }

  private static double scoreOfModel(Path out, double sign) {
    var model =
        ModelFolder.open(
            out.resolve("model"),
            base -> {
              throw new IllegalStateException(base.name());
            },
            ModelFolder.BaseCheck.REQUIRE_SAME);
    try (TextEmbedder embedder = Models.load(model)) {
      return score(embedder, sign);
    }
  }

  private static List<ScoreLog.Line> log(Path out) {
    return new ScoreLog(out.resolve(ScoreLog.FILE_NAME)).read();
  }

  private static double best(Path out) {
    return log(out).stream().mapToDouble(ScoreLog.Line::mean).max().orElseThrow();
  }

  /// With dropout, which measuring leaves out. Under one of the two signs the best step is not the
  /// last.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{rank: 2, alpha: 8, dropout: 0.2} | 1",
        "{rank: 2, alpha: 8, dropout: 0.2} | -1",
        "{type: full} | 1",
        "{type: full} | -1"
      })
  void run_best_isTheModel(String tuning, double sign) throws Exception {
    Path out = train("out", recipe(tuning), sign, StopSignal.NEVER);
    assertThat(log(out)).extracting(ScoreLog.Line::step).containsExactly(2, 4, 6, 8);
    assertThat(scoreOfModel(out, sign)).isCloseTo(best(out), within(1e-6));
    assertThat(notes).anyMatch(note -> note.matches("step 2: mean score -?[0-9.]+, the best"));
  }

  @Test
  void run_bothSigns_areNotBothBestAtTheEnd() throws Exception {
    String tuning = "{rank: 2, alpha: 8, dropout: 0.2}";
    Path highest = train("highest", recipe(tuning), 1, StopSignal.NEVER);
    Path lowest = train("lowest", recipe(tuning), -1, StopSignal.NEVER);
    assertThat(scoreOfModel(highest, 1)).isGreaterThan(-scoreOfModel(lowest, -1));
    assertThat(notes)
        .anyMatch(
            note -> note.matches("the model is that of step \\d, whose mean score is the best"));
  }

  @Test
  void run_keepingTheLast_isTheLast() throws Exception {
    Recipe<TrainRecipe> recipe =
        recipe("{rank: 2, alpha: 8, dropout: 0}", "evaluation.keep_best=false");
    Path out = train("out", recipe, -1, StopSignal.NEVER);
    assertThat(scoreOfModel(out, -1)).isCloseTo(log(out).getLast().mean(), within(1e-6));
  }

  /// Measuring must not change what is trained, and what was measured after the last checkpoint is
  /// measured again.
  @ParameterizedTest
  @CsvSource({"1, 4", "1, 5", "-1, 4", "-1, 7"})
  void run_stoppedAndContinued_endsWithTheSameBytesAndScores(double sign, int step)
      throws Exception {
    Recipe<TrainRecipe> recipe = recipe("{rank: 2, alpha: 8, dropout: 0.2}");
    Path whole = train("whole", recipe, sign, StopSignal.NEVER);
    var asked = new AtomicInteger();
    assertThatThrownBy(() -> train("cut", recipe, sign, () -> asked.incrementAndGet() == step))
        .isInstanceOf(InterruptedRunException.class);
    // As after a kill: the newest checkpoint is lost, measurements after the one before are not.
    Files.delete(folder.resolve("cut/checkpoints/step-" + step + ".state"));
    Path cut = train("cut", recipe, sign, StopSignal.NEVER);
    assertThat(cut.resolve("model/model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("model/model.safetensors"));
    assertThat(cut.resolve(ScoreLog.FILE_NAME))
        .hasSameTextualContentAs(whole.resolve(ScoreLog.FILE_NAME));
  }

  @Test
  void run_withoutEvaluator_refusesTasks() throws Exception {
    Recipe<TrainRecipe> recipe = recipe("{rank: 2, alpha: 8, dropout: 0}");
    Path files = backboneFiles();
    try (Backbone backbone = FolderBackbone.openFolder("bert", "folder", files)) {
      var run = new TrainingRun(recipe, backbone, folder.resolve("out"), _ -> {});
      assertThatThrownBy(() -> run.run(Progress.NONE, StopSignal.NEVER))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("evaluation.tasks names");
    }
    // Else the corrected recipe would be refused as another one.
    assertThat(folder.resolve("out")).doesNotExist();
  }
}
