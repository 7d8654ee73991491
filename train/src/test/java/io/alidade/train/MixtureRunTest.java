package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs over several sources of different forms.
class MixtureRunTest {
  private static final int TOKENS = 160;
  private static final String SOURCES =
      """
      [{path: pairs.jsonl, ratio: 2, repeat: true, instructions: [ask, find]},
       {path: labels.jsonl, pairs: {type: label-texts}, in_batch_negatives: false},
       {path: labels.jsonl, pairs: {type: label-examples}, in_batch_negatives: false, limits: {query_tokens: 12}},
       {path: texts.jsonl, pairs: {type: crops}}]
      """;

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    write("pairs.jsonl", "{\"query\": \"q%1$d\", \"positive\": \"p%1$d\"}");
    write("labels.jsonl", "{\"text\": \"t%1$d\", \"label\": \"l%2$d\"}");
    write("texts.jsonl", "{\"text\": \"%1$d a b c d e f g h\"}");
  }

  private void write(String name, String row) throws IOException {
    Files.write(
        folder.resolve(name),
        IntStream.range(0, 20).mapToObj(i -> row.formatted(i, i % 3)).toList());
  }

  @Test
  void run_everyForm_seesEachExampleAsOftenAsItsSourceSays() throws IOException {
    List<TrainingLog.Line> log = log(run("out", StopSignal.NEVER));
    List<String> ids = log.stream().flatMap(line -> line.ids().stream()).toList();
    // Two epochs of 20 pairs twice and 60 others.
    assertThat(ids).hasSize(200);
    assertThat(ids.stream().distinct()).hasSize(80);
    assertThat(log)
        .allSatisfy(
            line -> {
              assertThat(line.realTokens()).isLessThanOrEqualTo(TOKENS);
              assertThat(line.ids()).hasSizeBetween(2, 6).doesNotHaveDuplicates();
            });
  }

  @Test
  void run_stoppedAndContinued_endsWithTheSameBits() throws IOException {
    Path whole = run("whole", StopSignal.NEVER);
    for (int stop : new int[] {3, 10}) {
      var asked = new AtomicInteger();
      assertThatThrownBy(() -> run("stopped", () -> asked.incrementAndGet() >= stop))
          .isInstanceOf(InterruptedRunException.class);
    }
    Path stopped = run("stopped", StopSignal.NEVER);
    assertThat(log(stopped)).extracting(TrainingLog.Line::ids).isEqualTo(ids(whole));
    assertThat(stopped.resolve("adapter/adapter_model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve("adapter/adapter_model.safetensors"));
  }

  private static List<List<String>> ids(Path out) {
    return log(out).stream().map(TrainingLog.Line::ids).toList();
  }

  @Test
  void run_fewerNegativesThanAsked_saysSo() throws IOException {
    var said = new ArrayList<String>();
    run("out", "[{path: pairs.jsonl}]", said, StopSignal.NEVER);
    assertThat(said)
        .first()
        .asString()
        .endsWith(
            "pairs.jsonl: 20 of 20 examples have fewer negatives than batch.hard_negatives, 2, the"
                + " first on line 1; they are trained on with those they have");
  }

  @Test
  void recipe_weightForOneSourceOnly_isRefused() {
    assertThatThrownBy(() -> recipe("[{path: pairs.jsonl, weight: 1}, {path: texts.jsonl}]", 2))
        .isInstanceOf(UsageException.class)
        .hasMessageEndingWith("data must have a weight for every source or for none");
    assertThatThrownBy(() -> recipe("[{path: pairs.jsonl, in_batch_negatives: false}]", 0))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("data has a source without in_batch_negatives, but");
  }

  private Path run(String out, StopSignal signal) throws IOException {
    return run(out, SOURCES, new ArrayList<>(), signal);
  }

  private Path run(String name, String sources, List<String> said, StopSignal signal)
      throws IOException {
    Path out = folder.resolve(name);
    Path file = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
    try (Backbone backbone = FolderBackbone.openGguf("tiny", "file tiny.gguf", file)) {
      new TrainingRun(recipe(sources, 2), backbone, out, said::add).run(Progress.NONE, signal);
    }
    return out;
  }

  private Recipe<TrainRecipe> recipe(String sources, int hardNegatives) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("recipe.yaml"),
            """
            {backbone: tiny, data: %s, tuning: {rank: 2, alpha: 4, dropout: 0}, epochs: 2,
             batch: {examples: 6, tokens: %d, hard_negatives: %d, duplicates: apart},
             optimizer: {learning_rate: 0.01}, max_tokens: 40, chunk_tokens: 80,
             checkpoint: {every_steps: 1, keep: 1}}
            """
                .formatted(sources, TOKENS, hardNegatives));
    return Recipe.read(TrainRecipe.class, file, List.of());
  }

  private static List<TrainingLog.Line> log(Path out) {
    return new TrainingLog(out.resolve(TrainingLog.FILE_NAME)).read();
  }
}
