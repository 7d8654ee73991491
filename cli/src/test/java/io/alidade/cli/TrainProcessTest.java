package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Sha256;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// `alidade train` as a process of its own, stopped from outside as people and machines do it.
/// `make soak` sets the property `alidade.kills`.
class TrainProcessTest {
  private static final boolean SOAK = Integer.getInteger("alidade.kills") != null;
  private static final int KILLS = Integer.getInteger("alidade.kills", 3);

  /// A soak may run beside other work.
  private static final Duration PATIENCE = Duration.ofMinutes(SOAK ? 10 : 1);

  /// Enough that so many kills find a process at work.
  private static final int STEPS = Math.max(200, 12 * KILLS);

  /// A kill comes so many steps after the last, at most, and so long after a step was logged.
  private static final int STEPS_BETWEEN = 8;

  private static final int MILLIS_WITHIN = 40;
  private static final int STOPPED_BY_INTERRUPT = 130;

  @TempDir Path folder;

  @BeforeEach
  void writeRecipe() throws IOException {
    Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(7));
    Files.write(
        folder.resolve("train.jsonl"), IntStream.range(0, 60).mapToObj(this::line).toList());
    Files.writeString(
        folder.resolve("recipe.yaml"),
        """
        backbone: %s
        data: [{path: train.jsonl}]
        tuning: {rank: 4, alpha: 8, dropout: 0.1}
        batch: {examples: 4, hard_negatives: 1, homogeneous: kind}
        max_tokens: 40
        steps: %d
        checkpoint: {every_steps: 4, keep: 2}
        """
            .formatted(folder.resolve("tiny.gguf"), STEPS));
  }

  private String line(int number) {
    return """
    {"kind": "short-long", "language": "en", "instruction": "Find the entry", "query": "q%d", \
    "positive": "entry %d of the book", "negatives": ["page %d"]}"""
        .formatted(number, number, number);
  }

  @Test
  void train_interruptedThenKilled_endsWithTheModelOfAnUndisturbedRun() throws Exception {
    assertThat(finish(start("whole"), "whole")).isZero();

    Process interrupted = start("stopped");
    awaitSteps("stopped", 30);
    new ProcessBuilder("kill", "-INT", Long.toString(interrupted.pid())).start().waitFor();
    assertThat(finish(interrupted, "stopped")).isEqualTo(STOPPED_BY_INTERRUPT);
    assertThat(errors("stopped")).contains("the same command");
    assertThat(page("stopped")).content().contains("Not at its end", "Loss by step");

    Process killed = start("stopped");
    awaitSteps("stopped", 100);
    killed.destroyForcibly();
    assertThat(finish(killed, "stopped")).isNotZero();

    assertThat(finish(start("stopped"), "stopped")).isZero();
    assertThat(model("stopped")).isEqualTo(model("whole"));
    assertThat(steps("stopped")).containsExactlyElementsOf(steps("whole"));
    assertThat(page("stopped"))
        .content()
        .contains("Trained for %d steps".formatted(STEPS), "padding avoided");
  }

  @Test
  void train_killedAtRandomMoments_endsWithTheModelOfAnUndisturbedRun() throws Exception {
    assertThat(finish(start("whole"), "whole")).isZero();
    var random = new Random(KILLS);
    for (int kills = 0; kills < KILLS; kills++) {
      int steps = logLines("killed").size() + 1 + random.nextInt(STEPS_BETWEEN);
      Process process = start("killed");
      awaitSteps("killed", steps);
      Thread.sleep(random.nextInt(MILLIS_WITHIN));
      process.destroyForcibly();
      assertThat(finish(process, "killed")).as("kill %d came too late", kills).isNotZero();
    }
    assertThat(finish(start("killed"), "killed")).isZero();
    for (String file : List.of("model/model.safetensors", "adapter/adapter_model.safetensors")) {
      assertThat(folder.resolve("killed").resolve(file))
          .hasSameBinaryContentAs(folder.resolve("whole").resolve(file));
    }
    assertThat(steps("killed")).containsExactlyElementsOf(steps("whole"));
  }

  private Process start(String run) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "train",
            "--recipe",
            folder.resolve("recipe.yaml").toString(),
            "--out",
            folder.resolve(run).toString())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(folder.resolve(run + ".err").toFile())
        .start();
  }

  private int finish(Process process, String run) throws Exception {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the run did not end: " + errors(run));
    }
    return process.exitValue();
  }

  private void awaitSteps(String run, int count) throws Exception {
    Instant end = Instant.now().plus(PATIENCE);
    while (logLines(run).size() < count) {
      assertThat(Instant.now()).as("no %d steps: %s", count, errors(run)).isBefore(end);
      Thread.sleep(5);
    }
  }

  private List<String> logLines(String run) throws IOException {
    Path log = folder.resolve(run).resolve("log.jsonl");
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  private List<Integer> steps(String run) throws IOException {
    return logLines(run).stream()
        .map(line -> JsonMapper.shared().readTree(line).required("step").asInt())
        .toList();
  }

  private String model(String run) {
    return Sha256.ofFile(folder.resolve(run).resolve("model/model.safetensors"));
  }

  private Path page(String run) {
    return folder.resolve(run).resolve("report.html");
  }

  private String errors(String run) throws IOException {
    return Files.readString(folder.resolve(run + ".err"));
  }
}
