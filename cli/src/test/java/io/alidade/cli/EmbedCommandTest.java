package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.core.AtomicFiles;
import io.alidade.core.TextInput;
import io.alidade.data.NpyFile;
import io.alidade.data.Rows;
import io.alidade.model.AttentionOverrides;
import io.alidade.model.LoadSettings;
import io.alidade.model.WeightPlacement;
import io.alidade.model.head.Pooling;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EmbedCommandTest {
  @TempDir Path folder;
  private Path model;
  private final CommandRunner runner = new CommandRunner();

  @BeforeEach
  void writeModel() {
    model = folder.resolve("model");
    AtomicFiles.writeText(model.resolve("weights"), "1");
  }

  @Test
  void embed_standardInput_printsALineAText() {
    runner.standardInput = "one\n\nthrée\n";

    Result result = runner.run("embed", "--model", model);

    assertThat(result.code()).isZero();
    assertThat(result.out().lines()).hasSize(3);
    JsonNode third = JsonMapper.shared().readTree(result.out().lines().toList().get(2));
    assertThat(third.path("id").asString()).isEqualTo("3");
    assertThat(third.path("embedding").get(0).floatValue())
        .isEqualTo(FakeEmbedder.vector("thrée")[0]);
    assertThat(runner.embedder.inputs)
        .containsExactly(
            TextInput.document("one"), TextInput.document(""), TextInput.document("thrée"));
  }

  @Test
  void embed_queries_carryTheInstruction() {
    runner.standardInput = "{\"id\": \"q\", \"text\": \"why\"}\n";

    assertThat(runner.run("embed", "--model", model, "--role", "query").code()).isZero();
    assertThat(runner.run("embed", "--model", model, "--instruction", "Do it").code()).isZero();
    assertThat(runner.run("embed", "--model", model, "--prompt", "similar").code()).isZero();
    assertThat(
            runner
                .run("embed", "--model", model, "--role", "query", "--instruction", "none")
                .code())
        .isZero();

    assertThat(runner.embedder.inputs)
        .containsExactly(
            TextInput.query("Given a question, find its answer", "why"),
            TextInput.query("Do it", "why"),
            TextInput.prompted("Same: ", "why"),
            TextInput.prompted("", "why"));
  }

  @Test
  void embed_foreignFolder_usesItsPrompts() {
    runner.models = new InstalledModels(_ -> {});
    Golden.sentenceTransformers("prompts", model);
    JsonNode golden = Golden.json("sentence-transformers/prompts/golden.json");
    runner.standardInput = golden.path("texts").path(1).asString();

    assertVector(golden.path("vectors"));
    assertVector(golden.path("queries"), "--role", "query");
    assertVector(golden.path("documents"), "--role", "document");
    assertVector(golden.path("prompts").path("topic"), "--prompt", "topic");
    assertUsage("--instruction", "Find it")
        .contains("takes none; it puts \"find: \" before every query; --prompt can be");
    assertUsage("--prompt", "topics").contains("did you mean \"topic\"?; it has");
  }

  private void assertVector(JsonNode vectors, Object... options) {
    List<Object> line = new ArrayList<>(List.of("embed", "--model", model));
    line.addAll(List.of(options));
    JsonNode vector = JsonMapper.shared().readTree(runner.run(line.toArray()).out());
    for (int i = 0; i < vectors.get(1).size(); i++) {
      assertThat(vector.path("embedding").get(i).doubleValue())
          .isCloseTo(vectors.get(1).get(i).doubleValue(), within(1e-5));
    }
  }

  @Test
  void embed_files_writesNpyAndSummary() {
    Path input = folder.resolve("in.txt");
    Path output = folder.resolve("out.npy");
    AtomicFiles.writeText(input, "one\ntwo\n");

    Result result =
        runner.run("embed", "--model", model, "--input", input, "--output", output, "--json");

    assertThat(NpyFile.read(output))
        .isDeepEqualTo(new float[][] {FakeEmbedder.vector("one"), FakeEmbedder.vector("two")});
    assertThat(JsonMapper.shared().readTree(result.out()).path("texts").asInt()).isEqualTo(2);
    assertThat(folder).isDirectoryNotContaining("glob:**.vectors*");
  }

  @Test
  void embed_parquet_hasIdsAndSinglePrecision() {
    Path input = folder.resolve("in.jsonl");
    Path output = folder.resolve("out.parquet");
    AtomicFiles.writeText(input, "{\"id\": \"a\", \"text\": \"one\"}\n");

    runner.run("embed", "--model", model, "--input", input, "--output", output);

    var rows = new ArrayList<JsonNode>();
    Rows.forEach(output, line -> rows.add(line.object()));
    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().path("id").asString()).isEqualTo("a");
    float[] expected = FakeEmbedder.vector("one");
    JsonNode found = rows.getFirst().path("embedding");
    assertThat(found).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found.get(i).floatValue()).isEqualTo(expected[i]);
    }
  }

  @Test
  void embed_interrupted_continuesWithoutDoingItAgain() {
    Path input = folder.resolve("in.txt");
    Path output = folder.resolve("out.jsonl");
    AtomicFiles.writeText(input, "some text\n".repeat(600));
    CommandRunner stopped = CommandRunner.stoppedAtBatch(2);

    Result first = stopped.run("embed", "--model", model, "--input", input, "--output", output);
    assertThat(first.code()).isEqualTo(ExitCode.FAILED);
    assertThat(first.err()).contains("stopped after 512 of 600 texts; the same command continues");
    assertThat(output).doesNotExist();

    Result second = runner.run("embed", "--model", model, "--input", input, "--output", output);
    assertThat(second.code()).isZero();
    assertThat(runner.embedder.inputs).hasSize(88);
    assertThat(output).content().hasLineCount(600);
  }

  @Test
  void embed_loadingOptions_reachTheLoader() {
    runner.standardInput = "x";
    String[] options = {
      "--weights", "mapped", "--bidirectional", "--window", "8", "--rope-base", "1e5"
    };

    assertThat(embed(options).code()).isZero();
    assertThat(embed("--max-tokens", "9").code()).isZero();
    assertThat(embed("--pooling", "weighted-mean").code()).isZero();
    assertThat(embed().code()).isZero();

    var attention = new AttentionOverrides(true, OptionalInt.of(8), OptionalDouble.of(100_000));
    assertThat(runner.loaded)
        .containsExactly(
            new LoadSettings(
                WeightPlacement.MAPPED, attention, OptionalInt.empty(), Optional.empty()),
            new LoadSettings(
                WeightPlacement.AUTO, AttentionOverrides.NONE, OptionalInt.of(9), Optional.empty()),
            new LoadSettings(
                WeightPlacement.AUTO,
                AttentionOverrides.NONE,
                OptionalInt.empty(),
                Optional.of(Pooling.WEIGHTED_MEAN)),
            LoadSettings.defaults());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "x"})
  void embed_unknownPrompt_isRefusedWhateverTheTexts(String texts) {
    runner.standardInput = texts;
    assertUsage("--prompt", "other").contains("the model has no prompt \"other\"; it has similar");
    assertThat(runner.embedder.inputs).isEmpty();
  }

  @Test
  void embed_wrongOptions_sayWhatIsAllowed() {
    runner.standardInput = "x";

    assertUsage("--role", "query", "--prompt", "similr")
        .contains("the model has no prompt \"similr\"; did you mean \"similar\"?; it has similar");
    assertUsage("--pooling", "avg")
        .contains("\"avg\" is none of last-token, mean, cls, max, mean-sqrt-length, weighted-mean");
    assertUsage("--instruction", "a", "--prompt", "b").contains("exclude each other");
    assertUsage("--role", "document", "--instruction", "a").contains("go on queries only");
    assertUsage("--output", "x.csv").contains("the name must end in .jsonl, .npy or .parquet");
    assertUsage("--role", "both").contains("--role");
    assertUsage("--weights", "bf16").contains("--weights");
    assertUsage("--window", "-2").contains("the window is -2; at least 0");
    assertUsage("--max-tokens", "0").contains("cut to 0 tokens; at least 1");
  }

  @Test
  void embed_brokenLine_namesFileAndLine() {
    runner.standardInput = "{\"text\": \"a\"}\n{\"text\"";

    Result result = runner.run("embed", "--model", model);

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("standard input:2: broken JSON");
  }

  private org.assertj.core.api.AbstractStringAssert<?> assertUsage(String... options) {
    Result result = embed(options);
    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    return assertThat(result.err());
  }

  private Result embed(String... options) {
    Object[] line = new Object[options.length + 3];
    line[0] = "embed";
    line[1] = "--model";
    line[2] = model;
    System.arraycopy(options, 0, line, 3, options.length);
    return runner.run(line);
  }
}
