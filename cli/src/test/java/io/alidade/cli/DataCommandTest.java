package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.core.AtomicFiles;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DataCommandTest {
  private static final TrainingDefaults DEFAULTS = TrainingDefaults.of("");
  @TempDir Path folder;
  private final CommandRunner runner = new CommandRunner();

  @ParameterizedTest
  @ValueSource(strings = {"convert", "validate", "split", "stats"})
  void help_ofEachCommand_hasExamples(String command) {
    Result result = runner.run("data", command, "--help");
    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("Usage: alidade data " + command)
        .contains("  alidade data " + command);
    assertThat(result.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
  }

  @Test
  void data_noCommand_listsThem() {
    Result result = runner.run("data");
    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err()).contains("there are convert, validate, split, stats");
  }

  @Test
  void convert_toParquetAndBack_keepsEverything() {
    Path source = data(30);
    Path parquet = folder.resolve("out/train.parquet");
    Path back = folder.resolve("back.jsonl");

    Result result = runner.run("data", "convert", source, parquet, "--card");
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("30 examples in 30 rows\ndata    " + parquet + "\n");
    assertThat(runner.run("data", "convert", parquet, back).code()).isZero();

    assertThat(back).hasSameTextualContentAs(source);
    assertThat(folder.resolve("out/README.md"))
        .content()
        .contains("path: train.parquet", "task_categories:", "Columns: `id`, `kind`");
  }

  @Test
  void convert_toAnotherTool_saysWhatIsLost() {
    Path target = folder.resolve("st.jsonl");

    Result result =
        runner.run(
            "data",
            "convert",
            data(4),
            target,
            "--to",
            "sentence-transformers",
            "--negatives",
            2,
            "--json");

    assertThat(result.err())
        .contains("has no place for kind, language, instruction, provenance; they are left out")
        .contains(
            "2 of 4 examples have too few negatives for a row of anchor, positive, negative_1");
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertThat(json.path("left_out").asInt()).isEqualTo(2);
    assertThat(target).content().startsWith("{\"anchor\":\"question 1\"").hasLineCount(2);
  }

  @Test
  void convert_gradedPairs_areNoPositivesOfAnotherTool() throws IOException {
    Path graded =
        Files.writeString(
            folder.resolve("graded.jsonl"),
            """
            {"sentence1": "a", "sentence2": "b", "score": 0.25}
            {"sentence1": "a", "sentence2": "c", "score": 1}
            """);
    Path own = folder.resolve("own.jsonl");
    assertThat(runner.run("data", "convert", graded, own).err()).isEmpty();
    assertThat(own).content().contains("\"score\":0.25", "\"score\":1.0");

    Path back = folder.resolve("back.parquet");
    Result pairs = runner.run("data", "convert", own, back, "--to", "scored-pairs");
    assertThat(pairs.out()).startsWith("2 examples in 2 rows");

    Path positives = folder.resolve("positives.jsonl");
    Result result = runner.run("data", "convert", back, positives, "--to", "flag-embedding");
    assertThat(result.err())
        .contains("has no place for kind, language, provenance, score; they are left out")
        .contains("1 of 2 examples are not what a row of flag-embedding says ({query, pos, neg})");
    assertThat(positives).content().contains("\"pos\":[\"c\"]").hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --to=tevatronn             | layout "tevatronn" is none of alidade, sentence
          --from=x                   | layout "x" is none of
          --kind=stss                | --kind "stss" is none of short-long
          --negatives=2              | is for sentence-transformers only
          """)
  void convert_badOption_isOneSentence(String option, String message) {
    Result result =
        runner.run("data", "convert", data(1), folder.resolve("o.jsonl"), option.strip());
    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(folder.resolve("o.jsonl")).doesNotExist();
  }

  @Test
  void validate_soundFile_isDone() {
    Result result = runner.run("data", "validate", data(3));
    assertThat(result.code()).isZero();
    assertThat(result.out()).isEqualTo("3 rows, 3 examples, 0 broken\n");
  }

  @Test
  void validate_brokenRows_areSentencesAndFail() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("b.jsonl"),
            "{\"query\":\"q\"}\n{\"query\":\"q\",\"positive\":\"p\"}\n{");

    Result result = runner.run("data", "validate", file);
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .hasLineCount(2)
        .contains("b.jsonl:1: no column \"positive\"")
        .contains("b.jsonl:3: broken JSON");
    assertThat(result.out()).isEqualTo("3 rows, 1 example, 2 broken\n");

    Result json = runner.run("data", "validate", file, "--json");
    assertThat(json.code()).isEqualTo(ExitCode.FAILED);
    assertThat(JsonMapper.shared().readTree(json.out()).path("problems")).hasSize(2);
  }

  @Test
  void split_parquet_writesBothSides() {
    Path parquet = folder.resolve("all.parquet");
    runner.run("data", "convert", data(200), parquet);

    Result result =
        runner.run(
            "data",
            "split",
            parquet,
            "--out",
            folder.resolve("s"),
            "--dev",
            0.2,
            "--json",
            "--negatives-apart");

    JsonNode json = JsonMapper.shared().readTree(result.out());
    List<Example> train = TrainingFile.read(folder.resolve("s/train.parquet"), DEFAULTS);
    List<Example> dev = TrainingFile.read(folder.resolve("s/dev.parquet"), DEFAULTS);
    assertThat(json.at("/dev/examples").asInt()).isEqualTo(dev.size()).isBetween(15, 70);
    assertThat(train).hasSize(200 - dev.size()).doesNotContainAnyElementsOf(dev);
    assertThat(runner.run("data", "split", parquet, "--out", folder).code())
        .isEqualTo(ExitCode.WRONG_USAGE);
  }

  @Test
  void convertAndSplit_overTheSource_areRefusedAndKeepIt() throws IOException {
    Path source = folder.resolve("train.jsonl");
    Files.copy(data(40), source);
    String before = Files.readString(source);

    Result split = runner.run("data", "split", source, "--dev", 0.3, "--out", folder);
    Result converted = runner.run("data", "convert", source, source, "--to", "triplets");

    for (Result result : List.of(split, converted)) {
      assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(result.err()).contains("would be written over itself").hasLineCount(1);
    }
    assertThat(source).content().isEqualTo(before);
    assertThat(folder.resolve("dev.jsonl")).doesNotExist();
  }

  @Test
  void split_oneGroup_saysSo() {
    Result result = runner.run("data", "split", data(40), "--out", folder, "--dev", 0.1);
    assertThat(result.err())
        .isEqualTo(
            "40 of 40 examples share texts and stay on one side;"
                + " --negatives-apart frees those that share negatives\n");
  }

  @Test
  void stats_generatedFolder_hasCostAndRejections() {
    Path made = folder.resolve("made");
    TrainingFile.write(made.resolve("train.jsonl"), TrainingFile.read(data(8), DEFAULTS));
    AtomicFiles.writeText(
        made.resolve("ledger.jsonl"),
        """
        {"number":1,"request":"%s","usd":0.25,"verdict":"answered","input_tokens":10,"output_tokens":5}
        {"number":2,"request":"%s","usd":0.5,"verdict":"cut","input_tokens":20,"output_tokens":7}
        """
            .formatted("a".repeat(64), "b".repeat(64)));
    AtomicFiles.writeText(
        made.resolve("rejected.jsonl"), "{\"reason\":\"language\"}\n{\"reason\":\"language\"}\n");
    Path page = folder.resolve("page.html");

    Result text = runner.run("data", "stats", made, "--out", page);
    assertThat(text.err()).isEmpty();
    assertThat(text.out())
        .startsWith("8 examples, 1 instructions, 0 queries that stand there before\n")
        .contains("2 calls, 30 tokens in, 12 out, 0.7500 USD")
        .contains("page    " + page);
    JsonNode json = JsonMapper.shared().readTree(runner.run("data", "stats", made, "--json").out());
    assertThat(json.at("/generation/usd").asDouble()).isEqualTo(0.75);
    assertThat(json.at("/generation/rejected/language").asInt()).isEqualTo(2);
    assertThat(json.at("/lengths/query/median").asInt()).isEqualTo(2);
    assertThat(json.at("/kinds/short-long").asInt()).isEqualTo(8);
    assertThat(page)
        .content()
        .contains("Rejected candidates by reason", "0.7500 USD", "id=\"samples\"", "question 7");
  }

  @Test
  void stats_tokenizer_countsItsTokens() {
    Path model = Golden.sentenceTransformers("mean", folder.resolve("model"));
    JsonNode json =
        JsonMapper.shared()
            .readTree(runner.run("data", "stats", data(2), "--tokenizer", model, "--json").out());
    assertThat(json.path("unit").asString()).isEqualTo("tokens");
    assertThat(json.at("/lengths/query/longest").asInt()).isGreaterThan(2);
  }

  @Test
  void stats_brokenOrMissingFile_isOneSentence() {
    Result result = runner.run("data", "stats", folder.resolve("none.parquet"));
    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).endsWith("none.parquet: there is no such file\n").hasLineCount(1);
  }

  /// Numbered examples, each second with two negatives that all have in common.
  private Path data(int count) {
    Path file = folder.resolve("data.jsonl");
    TrainingFile.write(
        file,
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    Example.of(
                        TaskKind.SHORT_LONG,
                        "en",
                        "Find it",
                        "question " + i,
                        "answer " + i,
                        i % 2 == 0 ? List.of("none") : List.of("none", "neither"),
                        Map.of("source", "test")))
            .toList());
    return file;
  }
}
