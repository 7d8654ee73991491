package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.core.AtomicFiles;
import io.alidade.core.manifest.Manifest;
import io.alidade.eval.api.ServerKind;
import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Response;
import io.alidade.testkit.llm.FakeOpenAi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

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
    writePairs(200);
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

  private Result mineByServer(String url, Object... more) {
    var arguments = new ArrayList<Object>();
    arguments.addAll(List.of("mine", "--server", url, "--data", data, "--out", out));
    arguments.addAll(List.of("--max-share", "0"));
    arguments.addAll(List.of(more));
    return runner.run(arguments.toArray());
  }

  private static float[][] letters(List<String> texts) {
    return texts.stream().map(FakeEmbedder::vector).toArray(float[][]::new);
  }

  @ParameterizedTest
  @EnumSource
  void mine_server_findsWhatTheModelBehindItFinds(ServerKind kind) throws IOException {
    mine();
    String byModel = Files.readString(out.resolve("audit.jsonl"));
    out = folder.resolve("by-server");
    try (var server = new LoopbackServer(new FakeEmbeddingServer(kind, MineCommandTest::letters))) {
      Result result = mineByServer(server.url());
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(Files.readString(out.resolve("audit.jsonl"))).isEqualTo(byModel);
      assertThat(Files.readString(out.resolve("train.jsonl"))).contains(server.url());

      int requests = server.requests().size();
      assertThat(mineByServer(server.url()).out()).isEqualTo(result.out());
      assertThat(server.requests()).as("of work that is done").hasSize(requests);
    }
  }

  @Test
  void mine_server_takesTemplatesAndAKeyFromTheEnvironment() {
    try (var server =
        new LoopbackServer(new FakeEmbeddingServer(ServerKind.TEI, MineCommandTest::letters))) {
      Result result =
          mineByServer(
              server.url(),
              "--query-template",
              "Instruct: {instruction}\\nQuery: {text}",
              "--document-prefix",
              "passage: ",
              "--instruction",
              "Find it",
              "--api-key-env",
              "PATH");
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(server.requests())
          .extracting(LoopbackServer.Request::body)
          .anyMatch(body -> body.contains("\"Instruct: Find it\\nQuery: zzz\""))
          .anyMatch(body -> body.contains("\"passage: zzz z\""));
      String key = System.getenv("PATH");
      assertThat(server.requests())
          .allMatch(request -> request.authorization().orElse("").equals("Bearer " + key));
      assertThat(out.resolve("manifest.json")).content().doesNotContain(key);
    }
  }

  @Test
  void mine_serverFailsMidway_saysSoAndGoesOnThere() {
    writePairs(200);
    var failing = new AtomicBoolean(true);
    var embedded = new AtomicInteger();
    var answers =
        new FakeEmbeddingServer(
            ServerKind.TEI,
            texts -> {
              embedded.addAndGet(texts.size());
              return letters(texts);
            });
    try (var server =
        new LoopbackServer(
            request ->
                failing.get() && embedded.get() > 300
                    ? new Response(503, "{\"error\": \"out of memory\"}")
                    : answers.apply(request))) {
      Result first = mineByServer(server.url());
      assertThat(first.code()).isEqualTo(ExitCode.FAILED);
      assertThat(first.err())
          .contains("/embed answers 503: it failed; its own log says why (out of memory); 256 of")
          .contains("of 400 texts are embedded, and the same command continues there")
          .hasLineCount(1);
      assertThat(out.resolve("train.jsonl")).doesNotExist();

      failing.set(false);
      embedded.set(0);
      Result second = mineByServer(server.url());
      assertThat(second.code()).as(second.err()).isZero();
      assertThat(embedded.get()).as("the rest, and one to ask for dimensions").isEqualTo(145);
    }
  }

  private void writePairs(int count) {
    AtomicFiles.writeText(
        data,
        IntStream.range(0, count)
            .mapToObj(i -> "{\"query\": \"%dq\", \"positive\": \"%dp\"}%n".formatted(i, i))
            .collect(Collectors.joining()));
  }

  /// The reranker takes texts that begin like the query for answers.
  @Test
  void mine_reranker_refusesWhatItScoresLikeThePositive() throws IOException {
    try (var server = new LoopbackServer(MineCommandTest::rerank)) {
      Result result =
          mine(
              "--rerank",
              server.url(),
              "--rerank-api-model",
              "judge",
              "--rerank-max-share",
              "0",
              "--rerank-margin",
              "1");
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(result.out()).contains("failed-check");
      assertThat(server.requests().getLast().path()).isEqualTo("/v1/rerank");
    }
    assertThat(Files.readAllLines(out.resolve("train.jsonl")))
        .extracting(line -> JsonMapper.shared().readTree(line).at("/negatives/0").asString())
        .containsExactly("zzy y", "zzy y", "aab b", "aab b");
    JsonNode manifest = JsonMapper.shared().readTree(out.resolve("manifest.json"));
    assertThat(manifest.at("/recipe/check/margin").asDouble()).isEqualTo(1);
    assertThat(manifest.at("/recipe/check/max_share").isMissingNode()).isTrue();
  }

  private static Response rerank(LoopbackServer.Request request) {
    if (!request.path().equals("/v1/rerank")) {
      return new Response(404, "");
    }
    JsonNode asked = JsonMapper.shared().readTree(request.body());
    String start = asked.path("query").asString().substring(0, 2);
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    ArrayNode results = answer.putArray("results");
    for (JsonNode text : asked.path("documents")) {
      double score = text.asString().startsWith(start) ? 3.5 : -4;
      results.addObject().put("index", results.size() - 1).put("relevance_score", score);
    }
    return Response.ok(answer.toString());
  }

  /// Counts how often each document is asked about for each query; a third of them are answers.
  private static final class CountingReranker
      implements Function<LoopbackServer.Request, Response> {
    private final Map<String, Integer> asked = new ConcurrentHashMap<>();
    private final IntConsumer afterRequest;
    private int requests;

    CountingReranker(IntConsumer afterRequest) {
      this.afterRequest = afterRequest;
    }

    @Override
    public Response apply(LoopbackServer.Request request) {
      JsonNode body = JsonMapper.shared().readTree(request.body());
      String query = body.path("query").asString();
      ObjectNode answer = JsonMapper.shared().createObjectNode();
      ArrayNode results = answer.putArray("results");
      for (JsonNode document : body.path("documents")) {
        String pair = query + "/" + document.asString();
        asked.merge(pair, 1, Integer::sum);
        boolean high = document.asString().startsWith(query.replace('q', 'p'));
        double score = high || pair.hashCode() % 3 == 0 ? 0.9 : 0.1;
        results.addObject().put("index", results.size() - 1).put("relevance_score", score);
      }
      afterRequest.accept(++requests);
      return Response.ok(answer.toString());
    }
  }

  private Result mineReranked(CommandRunner by, LoopbackServer server, Path to) {
    return by.run(
        "mine",
        "--model",
        model,
        "--data",
        data,
        "--max-share",
        "0",
        "--negatives",
        "3",
        "--rerank",
        server.url(),
        "--rerank-api",
        "v1",
        "--out",
        to);
  }

  @Test
  void mine_rerankStopped_asksForNothingTwiceAndEndsWithTheSameBytes() {
    writePairs(60);
    var stopped = new CommandRunner();
    var reranker =
        new CountingReranker(
            requests -> {
              if (requests == 30) {
                stopped.stop();
              }
            });
    var undisturbed = new CountingReranker(_ -> {});
    Path whole = folder.resolve("whole");
    try (var server = new LoopbackServer(reranker);
        var other = new LoopbackServer(undisturbed)) {
      assertThat(mineReranked(runner, other, whole).code()).isZero();

      Result first = mineReranked(stopped, server, out);
      assertThat(first.code()).isEqualTo(ExitCode.FAILED);
      assertThat(first.err())
          .contains("stopped; the same command continues with what the check has said")
          .hasLineCount(1);
      assertThat(out.resolve("reranked.jsonl")).isNotEmptyFile();
      assertThat(reranker.asked).hasSizeLessThan(undisturbed.asked.size());

      Result second = mineReranked(runner, server, out);
      assertThat(second.code()).as(second.err()).isZero();
    }
    assertThat(reranker.asked).isEqualTo(undisturbed.asked);
    assertThat(undisturbed.asked.values()).containsOnly(1);
    for (String file : List.of("train.jsonl", "audit.jsonl")) {
      assertThat(out.resolve(file)).hasSameTextualContentAs(whole.resolve(file));
    }
    assertThat(out.resolve("audit.jsonl")).content().contains("\"failed-check\"");
    assertThat(out).isDirectoryNotContaining(file -> file.toString().contains("reranked"));
  }

  @Test
  void mine_otherRerankerIntoAStoppedRun_isRefused() {
    writePairs(60);
    var failing =
        new LoopbackServer(
            request -> request.body().contains("30q") ? new Response(500, "") : rerank(request));
    try (failing) {
      assertThat(mineReranked(runner, failing, out).err())
          .contains("answers 500: it failed; its own log says why; ")
          .contains(" scores are kept, and the same command continues there")
          .hasLineCount(1);
    }
    try (var other = new LoopbackServer(MineCommandTest::rerank)) {
      Result refused = mineReranked(runner, other, out);
      assertThat(refused.code()).isEqualTo(ExitCode.WRONG_USAGE);
      assertThat(refused.err()).contains("holds a run with another recipe: check.rerank");
      assertThat(other.requests()).isEmpty();
    }
  }

  private Path judge(FakeOpenAi server, String budget) {
    Path file = folder.resolve("judge.yaml");
    AtomicFiles.writeText(
        file,
        """
        llms:
          - {model: m, base_url: "%s", price: {input: 2, output: 10}, max_tokens: 100}
        budget: {%s, backoff_seconds: 0.01}
        """
            .formatted(server.baseUrl(), budget));
    return file;
  }

  /// Texts with an `a` are answers to the judge.
  private static FakeOpenAi.Reply score(FakeOpenAi.FakeRequest request) {
    String found = request.prompt().replaceAll("(?s).*<found-text>\\s*(.*?)\\s*</found.*", "$1");
    int score = found.contains("a") ? 4 : 2;
    return new FakeOpenAi.Reply.Completion(
        "{\"reason\": \"because of %s\", \"score\": \"%d\"}".formatted(found, score), "stop");
  }

  @Test
  void mine_judge_refusesAnswersAndIsAskedOnce() throws IOException {
    try (var server = new FakeOpenAi((request, _) -> score(request))) {
      Path poor = judge(server, "usd: 0.0035, concurrency: 1");
      Result stopped = mine("--judge", poor);
      assertThat(stopped.code()).isEqualTo(ExitCode.FAILED);
      assertThat(stopped.err()).contains("the budget is used up").hasLineCount(1);
      assertThat(server.count()).isPositive();

      Result result = mine("--judge", judge(server, "usd: 1, concurrency: 2"));
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(server.repeats()).isZero();
      assertThat(result.out()).contains("failed-check").contains("calls   " + server.count() + ",");
    }
    List<JsonNode> rows =
        Files.readAllLines(out.resolve("audit.jsonl")).stream()
            .map(JsonMapper.shared()::readTree)
            .filter(row -> row.has("check_score"))
            .toList();
    assertThat(rows)
        .allSatisfy(
            row -> {
              String text = row.path("text").asString();
              boolean answer = text.contains("a");
              assertThat(row.path("verdict").asString())
                  .isEqualTo(answer ? "failed-check" : "taken");
              assertThat(row.path("check_score").asInt()).isEqualTo(answer ? 4 : 2);
              assertThat(row.path("check_reason").asString()).isEqualTo("because of " + text);
            })
        .hasSizeGreaterThan(4);
  }

  @Test
  void mine_judgeWithoutScore_leavesTheTextOut() throws IOException {
    try (var server =
        new FakeOpenAi((_, _) -> new FakeOpenAi.Reply.Completion("no idea", "stop"))) {
      Result result = mine("--judge", judge(server, "concurrency: 4"));
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(result.out()).startsWith("0 negatives for 4 examples");
      assertThat(Files.readString(out.resolve("audit.jsonl"))).contains("the judge gave no score");
    }
  }

  @Test
  void mine_teachersAndChecks_thatExcludeEachOther_areRefused() {
    assertUsage("--server", "http://localhost:1")
        .contains("--model and --server exclude each other; give one");
    assertUsage("--rerank", "http://localhost:1", "--judge", "judge.yaml")
        .contains("--rerank and --judge exclude each other; give one");
    assertUsage("--rerank", "http://localhost:1", "--rerank-api", "te")
        .contains("--rerank-api te is not known; did you mean \"tei\"?; allowed are tei, v1, auto");
    assertUsage("--rerank", "http://localhost:1", "--rerank-margin", "-1")
        .contains("--rerank: the margin below the positive's score must be at least 0");
    Result none = runner.run("mine", "--data", data, "--out", out);
    assertThat(none.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(none.err()).contains("who ranks is missing; give --model").hasLineCount(1);
    assertUsage("--rerank", "localhost").contains("\"localhost\" is no address of a server");
    assertUsage("--rerank", "http://localhost:1", "--rerank-api-key-env", "NO_KEY_")
        .contains("--rerank-api-key-env NO_KEY_: the environment has no such variable");
    assertThat(mineByServer("localhost").err()).contains("\"localhost\" is no address");
    Result template = mineByServer("http://localhost:1", "--query-template", "query");
    assertThat(template.err()).contains("--query-template: template \"query\" has no {text}");
  }

  private AbstractStringAssert<?> assertUsage(Object... options) {
    Result result = mine(options);
    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(out).doesNotExist();
    return assertThat(result.err()).hasLineCount(1);
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
