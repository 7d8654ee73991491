package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.testkit.llm.FakeOpenAi;
import io.alidade.testkit.llm.FakeOpenAi.FakeRequest;
import io.alidade.testkit.llm.FakeOpenAi.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `alidade mine --judge` as a process of its own that is killed while the LLM is asked.
class MineProcessTest {
  private static final int CONCURRENCY = 2;
  private static final int EXAMPLES = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;

  @Test
  void mine_judgeKilled_asksNothingTwiceAndEndsWithTheSameBytes() throws Exception {
    writePairs();
    try (var undisturbed = new FakeOpenAi((request, _) -> score(request));
        var server = new FakeOpenAi((request, _) -> score(request))) {
      assertThat(finish(start("whole", undisturbed))).isZero();

      Process killed = start("killed", server);
      Instant end = Instant.now().plus(PATIENCE);
      while (server.count() < EXAMPLES / 2 && killed.isAlive()) {
        assertThat(Instant.now()).as("too slow").isBefore(end);
        Thread.onSpinWait();
      }
      killed.destroyForcibly();
      assertThat(finish(killed)).isNotZero();
      assertThat(finish(start("killed", server))).isZero();

      for (String file : new String[] {"train.jsonl", "audit.jsonl"}) {
        assertThat(folder.resolve("killed").resolve(file))
            .hasSameTextualContentAs(folder.resolve("whole").resolve(file));
      }
      assertThat(folder.resolve("whole/audit.jsonl"))
          .content()
          .contains("\"failed-check\"")
          .contains("\"taken\"");
      assertThat(server.repeats()).as("under way when killed").isLessThanOrEqualTo(CONCURRENCY);
      assertThat(undisturbed.repeats()).isZero();
    }
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

  private Process start(String run, FakeOpenAi server) throws IOException {
    Path judge = folder.resolve(run + ".yaml");
    Files.writeString(
        judge,
        """
        llms: [{model: m, base_url: "%s", price: {input: 2, output: 10}, max_tokens: 100}]
        budget: {usd: 100, concurrency: %d}
        """
            .formatted(server.baseUrl(), CONCURRENCY));
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "mine",
            "--model",
            "bm25",
            "--max-share",
            "0",
            "--negatives",
            "2",
            "--data",
            folder.resolve("pairs.jsonl").toString(),
            "--judge",
            judge.toString(),
            "--out",
            folder.resolve(run).toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve(run + ".err").toFile())
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
