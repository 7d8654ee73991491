package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.testkit.llm.FakeAnswers;
import io.alidade.testkit.llm.FakeDocuments;
import io.alidade.testkit.llm.FakeOpenAi;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `alidade generate` as a process of its own, killed again and again. `make soak` sets the
/// property `alidade.kills`.
class GenerateProcessTest {
  private static final int CONCURRENCY = 4;
  private static final boolean SOAK = Integer.getInteger("alidade.kills") != null;
  private static final int KILLS = Integer.getInteger("alidade.kills", 3);

  /// A soak may run beside other work.
  private static final Duration PATIENCE = Duration.ofMinutes(SOAK ? 10 : 2);

  /// Enough calls that so many kills find a process at work.
  private static final int EXAMPLES = Math.max(40, 6 * KILLS);

  @TempDir Path folder;

  @Test
  void generate_killedAgainAndAgain_endsWithTheBytesOfAnUndisturbedRun() throws Exception {
    writeDocuments();
    try (var undisturbed = new FakeOpenAi(FakeAnswers::faultyAtOnce);
        var server = new FakeOpenAi(FakeAnswers::faultyAtOnce)) {
      assertThat(finish(start("whole", undisturbed), "whole")).isZero();
      var random = new Random(KILLS);
      int kills = 0;
      while (kills < KILLS) {
        Process process = start("killed", server);
        // A few calls later, within or between calls, while writing or while reading.
        long calls = server.count() + 1 + random.nextInt(8);
        if (!await(process, () -> server.count() >= calls)) {
          break;
        }
        process.destroyForcibly();
        assertThat(finish(process, "killed")).isNotZero();
        kills++;
      }
      assertThat(finish(start("killed", server), "killed")).isZero();

      say("calls by themselves", kills, server, kills * CONCURRENCY, charged(server));
      assertThat(kills).isGreaterThan(KILLS / 2);
      assertThat(data("killed")).isEqualTo(data("whole")).isNotEmpty();
      assertThat(server.repeats()).isLessThanOrEqualTo(kills * CONCURRENCY);
      assertThat(undisturbed.repeats()).isZero();
      assertThat(spent("killed")).isGreaterThanOrEqualTo(charged(server));
    }
  }

  @Test
  void generate_batchesKilledAgainAndAgain_payForNothingTwice() throws Exception {
    writeDocuments();
    String[] batches = {"--set", "llms.0.batch={requests: 10, poll_seconds: 0.01}"};
    try (var undisturbed = new FakeOpenAi(FakeAnswers::good);
        var server = new FakeOpenAi(FakeAnswers::good)) {
      assertThat(finish(start("whole", undisturbed), "whole")).isZero();
      var random = new Random(KILLS);
      int kills = 0;
      while (kills < KILLS) {
        Process process = start("killed", server, batches);
        int requests = server.batches().requests().size() + 1 + random.nextInt(6);
        if (!await(process, () -> server.batches().requests().size() >= requests)) {
          break;
        }
        process.destroyForcibly();
        assertThat(finish(process, "killed")).isNotZero();
        kills++;
      }
      assertThat(finish(start("killed", server, batches), "killed")).isZero();

      say("calls in batches", kills, server, 0, charged(server) / 2);
      assertThat(kills).isGreaterThan(KILLS / 2);
      assertThat(data("killed")).isEqualTo(data("whole")).isNotEmpty();
      assertThat(server.repeats()).isZero();
      assertThat(spent("killed")).isCloseTo(charged(server) / 2, within(1e-9));
    }
  }

  /// What a soak has seen, for those who wait for it.
  @SuppressWarnings("SystemOut")
  private void say(String what, int kills, FakeOpenAi server, int bound, double charged)
      throws IOException {
    if (SOAK) {
      System.out.printf(
          "soak: %s: %d kills, %d requests, %d answered again (%d at most); %.4f USD in the ledger,"
              + " %.4f charged%n",
          what, kills, server.count(), server.repeats(), bound, spent("killed"), charged);
    }
  }

  private void writeDocuments() throws IOException {
    Files.createDirectories(folder.resolve("docs"));
    for (int i = 0; i < EXAMPLES; i++) {
      Files.writeString(folder.resolve("docs/" + i + ".txt"), FakeDocuments.paragraphs(i, 1));
    }
  }

  private Process start(String run, FakeOpenAi server, String... more) throws IOException {
    Path recipe = folder.resolve(run + ".yaml");
    Files.writeString(
        recipe,
        """
        examples: %d
        kinds: {grounded: 2, short-long: 1, long-short: 1, sts: 1, bitext: 1}
        documents: {path: docs, language: en}
        languages: {en: 1, de: 1}
        llms:
          - {model: m, base_url: "%s", price: {input: 2, output: 10}, max_tokens: 500}
        budget: {usd: 100, concurrency: %d, backoff_seconds: 0.01}
        filters: {languages: false}
        """
            .formatted(EXAMPLES, server.baseUrl(), CONCURRENCY));
    var command = new ArrayList<String>();
    Collections.addAll(
        command,
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--enable-native-access=ALL-UNNAMED",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        "generate",
        "--recipe",
        recipe.toString(),
        "--set",
        "llms.0.base_url=" + server.baseUrl(),
        "--out",
        folder.resolve(run).toString());
    Collections.addAll(command, more);
    return new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve(run + ".err").toFile())
        .start();
  }

  /// Waits until so much has happened.
  ///
  /// @return whether the process still runs
  private static boolean await(Process process, BooleanSupplier happened)
      throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (!happened.getAsBoolean() && process.isAlive()) {
      assertThat(Instant.now()).as("too slow").isBefore(end);
      Thread.sleep(1);
    }
    return process.isAlive();
  }

  private int finish(Process process, String run) throws Exception {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the run did not end: " + errors(run));
    }
    return process.exitValue();
  }

  private String data(String run) throws IOException {
    return Files.readString(folder.resolve(run).resolve("train.jsonl"));
  }

  private double spent(String run) throws IOException {
    return Files.readAllLines(folder.resolve(run).resolve("ledger.jsonl")).stream()
        .mapToDouble(line -> JsonMapper.shared().readTree(line).required("usd").asDouble())
        .sum();
  }

  private static double charged(FakeOpenAi server) {
    return (2.0 * server.inputTokens() + 10.0 * server.outputTokens()) / 1e6;
  }

  private String errors(String run) throws IOException {
    return Files.readString(folder.resolve(run + ".err"));
  }
}
