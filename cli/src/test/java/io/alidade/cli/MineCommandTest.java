package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.core.AtomicFiles;
import io.alidade.core.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MineCommandTest {
  private static final int TEXTS = 8;

  @TempDir Path folder;
  private final CommandRunner runner = new CommandRunner();
  private Path model;
  private Path data;
  private Path out;

  @BeforeEach
  void writeFiles() {
    model = folder.resolve("model");
    data = folder.resolve("pairs.jsonl");
    out = folder.resolve("mined");
    AtomicFiles.writeText(model.resolve("weights"), "1");
    AtomicFiles.writeText(
        data,
        """
        {"query": "aaa", "positive": "aaa a"}
        {"query": "aab", "positive": "aab b"}
        {"query": "zzz", "positive": "zzz z"}
        {"query": "zzy", "positive": "zzy y"}
        """);
  }

  private Result mine(Object... more) {
    var arguments = new ArrayList<Object>();
    arguments.addAll(List.of("mine", "--model", model, "--data", data, "--out", out));
    if (!List.of(more).contains("--max-share")) {
      arguments.addAll(List.of("--max-share", "0"));
    }
    arguments.addAll(List.of(more));
    return runner.run(arguments.toArray());
  }

  @Test
  void mine_pairs_givesEachTheNearestOther() throws IOException {
    Result result = mine();

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).startsWith("4 negatives for 4 examples\n").contains("4  same-text");
    assertThat(Files.readAllLines(out.resolve("train.jsonl")))
        .extracting(line -> JsonMapper.shared().readTree(line).at("/negatives/0").asString())
        .containsExactly("aab b", "aaa a", "zzy y", "zzz z");
    JsonNode row =
        JsonMapper.shared().readTree(Files.readAllLines(out.resolve("audit.jsonl")).get(1));
    assertThat(row.path("verdict").asString()).isEqualTo("taken");
    assertThat(row.path("rank").asInt()).isEqualTo(1);
    assertThat(row.path("text").asString()).isEqualTo("aab b");
    assertThat(row.path("score").asDouble()).isBetween(0.5, row.path("positive_score").asDouble());
    assertThat(out).isDirectoryNotContaining(file -> file.toString().contains("vectors"));
    assertThat(Manifest.read(out).inputs()).extracting("role").containsExactly("model", "data");
  }

  /// Of texts with the same letters all are near.
  @Test
  void mine_closeCosines_saysWhatMayHelp() {
    AtomicFiles.writeText(
        data,
        """
        {"query": "abc", "positive": "bca"}
        {"query": "acb", "positive": "cab"}
        {"query": "bac", "positive": "cba"}
        """);
    Result result = mine("--max-share", "0.95");
    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).contains("--max-share 0.99").contains("--margin 0.02");
    assertThat(result.out()).startsWith("0 negatives for 3 examples; 3 have fewer than asked for");
  }

  @Test
  void mine_again_saysTheSameWithoutEmbedding() {
    String first = mine("--json").out();
    int embedded = runner.embedder.inputs.size();
    assertThat(embedded).isEqualTo(TEXTS);
    assertThat(mine("--json").out()).isEqualTo(first);
    assertThat(runner.embedder.inputs).hasSize(embedded);
  }

  @Test
  void mine_stopped_goesOnWhereItWas() {
    AtomicFiles.writeText(
        data,
        IntStream.range(0, 200)
            .mapToObj(i -> "{\"query\": \"%dq\", \"positive\": \"%dp\"}%n".formatted(i, i))
            .collect(Collectors.joining()));
    CommandRunner stopped = CommandRunner.stoppedAtBatch(1);
    Result first = stopped.run("mine", "--model", model, "--data", data, "--out", out);
    assertThat(first.code()).isNotZero();
    assertThat(first.err()).contains("stopped after 256 of 400 texts; the same command continues");
    assertThat(out.resolve("train.jsonl")).doesNotExist();

    Result second = runner.run("mine", "--model", model, "--data", data, "--out", out);
    assertThat(second.code()).as(second.err()).isZero();
    assertThat(runner.embedder.inputs).hasSize(144);
    assertThat(out.resolve("train.jsonl")).exists();
  }

  @Test
  void mine_otherLimitsIntoTheSameFolder_isRefused() {
    mine();
    Result other = mine("--ranks", "2-5");
    assertThat(other.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(other.err()).contains("another recipe").contains("ranks").hasLineCount(1);
  }

  @Test
  void mine_bm25WithCorpus_needsNoModel() throws IOException {
    Path corpus = folder.resolve("corpus.txt");
    AtomicFiles.writeText(corpus, "aaa and more\nnothing\n");
    Result result =
        runner.run(
            "mine",
            "--model",
            "bm25",
            "--data",
            data,
            "--corpus",
            corpus,
            "--max-share",
            "0",
            "--out",
            out);

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.out()).startsWith("1 negative for 4 examples; 3 have fewer than asked for");
    assertThat(Files.readString(out.resolve("train.jsonl"))).contains("[\"aaa and more\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--ranks | 5     | --ranks 5: two ranks are wanted, such as 10-100",
        "--ranks | 9-3   | ranks 9-3 are none",
        "--negatives | 0 | negatives must be at least 1, is 0",
        "--margin | -1   | the margin below the positive's score must be at least 0",
      })
  void mine_impossibleOption_isOneSentence(String option, String value, String message) {
    Result result = mine(option, value);
    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err()).contains(message).hasLineCount(1);
    assertThat(out).doesNotExist();
  }

  @Test
  void mine_gradedPairs_areRefused() {
    AtomicFiles.writeText(data, "{\"sentence1\": \"a\", \"sentence2\": \"b\", \"score\": 0.4}\n");
    Result result = mine();
    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err()).contains("holds graded pairs, such as example").hasLineCount(1);
  }

  @Test
  void mine_noExamples_saysSo() {
    AtomicFiles.writeText(data, "");
    Result result = mine();
    assertThat(result.code()).isNotZero();
    assertThat(result.err()).contains("pairs.jsonl").hasLineCount(1);
  }
}
