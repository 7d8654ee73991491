package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Request;
import io.alidade.testkit.http.LoopbackServer.Response;
import io.alidade.testkit.llm.FakeOpenAi;
import io.alidade.testkit.llm.FakeOpenAi.FakeRequest;
import io.alidade.testkit.llm.FakeOpenAi.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `alidade mine` as a process of its own that is killed while its check is asked.
class MineProcessTest {
  private static final int CONCURRENCY = 2;
  private static final int RERANKS_AT_ONCE = 4;
  private static final int NEGATIVES = 2;
  private static final int EXAMPLES = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void mine_judgeKilled_asksNothingTwiceAndEndsWithTheSameBytes() throws Exception {
    writePairs();
    try (var undisturbed = new FakeOpenAi((request, _) -> score(request));
        var server = new FakeOpenAi((request, _) -> score(request))) {
      runUndisturbed(judged("whole", undisturbed));

      String[] command = judged("killed", server);
      kill(start(command), server::count);
      assertThat(finish(start(command))).isZero();

      assertSameFiles();
      assertThat(server.repeats()).as("under way when killed").isLessThanOrEqualTo(CONCURRENCY);
      assertThat(undisturbed.repeats()).isZero();
    }
  }

  @Test
  void mine_rerankKilled_asksNothingTwiceAndEndsWithTheSameBytes() throws Exception {
    writePairs();
    var requests = new AtomicInteger();
    var killed = new CountDownLatch(1);
    try (var undisturbed = new LoopbackServer(MineProcessTest::rerank);
        var server =
            new LoopbackServer(
                request -> {
                  if (requests.incrementAndGet() == EXAMPLES / 2) {
                    await(killed);
                  }
                  return rerank(request);
                })) {
      runUndisturbed(reranked("whole", undisturbed));

      String[] command = reranked("killed", server);
      kill(start(command), requests::get);
      killed.countDown();
      assertThat(folder.resolve("killed/reranked.jsonl")).isNotEmptyFile();
      assertThat(finish(start(command))).isZero();

      assertSameFiles();
      assertThat(folder.resolve("killed/reranked.jsonl")).doesNotExist();
      List<String> asked = pairs(server);
      assertThat(Set.copyOf(asked)).isEqualTo(Set.copyOf(pairs(undisturbed)));
      assertThat(asked.size() - Set.copyOf(asked).size())
          .as("under way when killed")
          .isLessThanOrEqualTo(RERANKS_AT_ONCE * (NEGATIVES + 1));
      assertThat(pairs(undisturbed)).doesNotHaveDuplicates();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Every query with each document that it was asked about.
  private static List<String> pairs(LoopbackServer server) {
    return server.requests().stream()
        .map(request -> JsonMapper.shared().readTree(request.body()))
        .flatMap(
            body ->
                body.path("documents")
                    .valueStream()
                    .map(text -> body.path("query").asString() + "/" + text.asString()))
        .toList();
  }

  /// Every third text is an answer.
  private static Response rerank(Request request) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    ArrayNode results = answer.putArray("results");
    for (JsonNode text : JsonMapper.shared().readTree(request.body()).path("documents")) {
      double score = text.asString().hashCode() % 3 == 0 ? 2 : 0.5;
      results.addObject().put("index", results.size() - 1).put("relevance_score", score);
    }
    return Response.ok(answer.toString());
  }

  /// Ends the process when the server has been asked often enough.
  private static void kill(Process process, LongSupplier requests) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (requests.getAsLong() < EXAMPLES / 2 && process.isAlive()) {
      assertThat(Instant.now()).as("too slow").isBefore(end);
      Thread.onSpinWait();
    }
    process.destroyForcibly();
    assertThat(finish(process)).isNotZero();
  }

  private void assertSameFiles() {
    for (String file : new String[] {"train.jsonl", "audit.jsonl"}) {
      assertThat(folder.resolve("killed").resolve(file))
          .hasSameTextualContentAs(folder.resolve("whole").resolve(file));
    }
    assertThat(folder.resolve("whole/audit.jsonl"))
        .content()
        .contains("\"failed-check\"")
        .contains("\"taken\"");
  }

  /// A function of the request alone: every third text is an answer.
  private static Reply score(FakeRequest request) {
    int score = request.draw("score", 3) == 0 ? 5 : 1;
    return new Reply.Completion("{\"reason\": \"so\", \"score\": \"%d\"}".formatted(score), "stop");
  }

  private void writePairs() throws IOException {
    Files.writeString(
        folder.resolve("pairs.jsonl"),
        IntStream.range(0, EXAMPLES)
            .mapToObj(
                i ->
                    "{\"query\": \"red boat %d\", \"positive\": \"boat %d is red\"}%n"
                        .formatted(i, i))
            .collect(Collectors.joining()));
  }

  private String[] judged(String run, FakeOpenAi server) throws IOException {
    Path judge = folder.resolve(run + ".yaml");
    Files.writeString(
        judge,
        """
        llms: [{model: m, base_url: "%s", price: {input: 2, output: 10}, max_tokens: 100}]
        budget: {usd: 100, concurrency: %d}
        """
            .formatted(server.baseUrl(), CONCURRENCY));
    return command(run, "--judge", judge.toString());
  }

  private String[] reranked(String run, LoopbackServer server) {
    return command(
        run,
        "--rerank",
        server.url(),
        "--rerank-api",
        "v1",
        "--rerank-max-share",
        "0",
        "--rerank-max-score",
        "1");
  }

  private String[] command(String run, String... check) {
    Stream<String> common =
        Stream.of(
            "mine",
            "--model",
            "bm25",
            "--max-share",
            "0",
            "--negatives",
            Integer.toString(NEGATIVES),
            "--data",
            folder.resolve("pairs.jsonl").toString(),
            "--out",
            folder.resolve(run).toString());
    return Stream.concat(common, Stream.of(check)).toArray(String[]::new);
  }

  /// In this process, which is quicker.
  private static void runUndisturbed(String... command) {
    CommandRunner.Result result = new CommandRunner().run((Object[]) command);
    assertThat(result.code()).as(result.err()).isZero();
  }

  private Process start(String... command) throws IOException {
    Stream<String> java =
        Stream.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());
    return new ProcessBuilder(Stream.concat(java, Stream.of(command)).toList())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve("errors").toFile())
        .start();
  }

  private static int finish(Process process) throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the run did not end");
    }
    return process.exitValue();
  }
}
