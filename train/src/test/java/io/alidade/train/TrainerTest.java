package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.Progress;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainerTest {
  private static final int STEPS = 14;

  @TempDir Path scratch;
  @TempDir Path whole;
  @TempDir Path stopped;
  private Decoder decoder;

  @BeforeEach
  void load() {
    decoder = TinyTraining.decoder(scratch);
  }

  @AfterEach
  void close() {
    decoder.close();
  }

  @Test
  void run_anyExamples_lowersTheLoss() {
    train(whole, STEPS * 4, 1e-2, StopSignal.NEVER);
    List<TrainingLog.Line> log = log(whole);
    assertThat(mean(log.subList(log.size() - 8, log.size())))
        .isLessThan(mean(log.subList(0, 8)) - 0.2);
  }

  @Test
  void run_stoppedAndContinued_endsWithTheSameBits() {
    float[] expected = train(whole, STEPS, 1e-2, StopSignal.NEVER);
    for (int stopAfter : new int[] {1, 3, 2}) {
      assertThatThrownBy(() -> train(stopped, STEPS, 1e-2, stopAfter(stopAfter)))
          .isInstanceOf(InterruptedRunException.class)
          .hasMessageContaining("the same command continues");
    }
    assertThat(train(stopped, STEPS, 1e-2, StopSignal.NEVER)).containsExactly(expected);
    assertSameSteps();
  }

  @Test
  void run_killedBetweenCheckpoints_endsWithTheSameBits() throws IOException {
    float[] expected = train(whole, STEPS, 1e-2, StopSignal.NEVER);
    assertThatThrownBy(
            () ->
                train(
                    stopped,
                    STEPS,
                    1e-2,
                    () -> {
                      if (log(stopped).size() == 7) {
                        throw new KilledException();
                      }
                      return false;
                    }))
        .isInstanceOf(KilledException.class);
    Files.writeString(
        stopped.resolve(TrainingLog.FILE_NAME), "{\"step\":8,\"epo", StandardOpenOption.APPEND);
    assertThat(train(stopped, STEPS, 1e-2, StopSignal.NEVER)).containsExactly(expected);
    assertSameSteps();
  }

  @Test
  void run_newestCheckpointBroken_goesOnFromTheOneBefore() throws IOException {
    float[] expected = train(whole, STEPS, 1e-2, StopSignal.NEVER);
    assertThatThrownBy(() -> train(stopped, STEPS, 1e-2, stopAfter(10)))
        .isInstanceOf(InterruptedRunException.class);
    Path newest = stopped.resolve("checkpoints/step-10.state");
    byte[] state = Files.readAllBytes(newest);
    state[state.length / 2] ^= 1;
    Files.write(newest, state);
    assertThat(train(stopped, STEPS, 1e-2, StopSignal.NEVER)).containsExactly(expected);
  }

  @Test
  void run_learningRateTooHigh_stopsWithStepIdsAndCheckpoint() {
    assertThatThrownBy(() -> train(stopped, 40, 1e30, StopSignal.NEVER))
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("training diverged at step")
        .hasMessageContaining("lower optimizer.learning_rate")
        .hasMessageMatching("(?s).*[0-9a-f]{32}.*");
  }

  @Test
  void log_everyStep_namesItsExamples() {
    train(whole, STEPS, 1e-2, StopSignal.NEVER);
    List<String> known = TinyTraining.examples(30).stream().map(e -> e.id()).toList();
    assertThat(log(whole))
        .hasSize(STEPS)
        .allSatisfy(line -> assertThat(line.ids()).hasSizeBetween(2, 5))
        .allSatisfy(line -> assertThat(known).containsAll(line.ids()));
  }

  /// Counts what is open in native memory and not bytes: resident memory also moves with Java's
  /// heap and compiler, by more than a leak of these small tensors would. The garbage collector may
  /// free what was forgotten, so that each step is held against the one before.
  @Test
  void run_200Steps_noneLeavesNativeMemoryOpen() {
    var open = new ArrayList<Long>();
    try (LoraAdapter lora = TinyTraining.adapter()) {
      trainer(whole, 200, 1e-3)
          .run(Trained.of(lora), (_, _, _) -> open.add(LibTorch.openObjects()), StopSignal.NEVER);
    }
    assertThat(open).hasSize(200);
    assertThat(IntStream.range(1, open.size()).filter(i -> open.get(i) > open.get(i - 1)))
        .as("steps after which more native objects were open than before them")
        .isEmpty();
  }

  private void assertSameSteps() {
    assertThat(log(stopped).stream().map(TrainingLog.Line::ids))
        .containsExactlyElementsOf(log(whole).stream().map(TrainingLog.Line::ids).toList());
    assertThat(log(stopped).stream().map(TrainingLog.Line::loss))
        .containsExactlyElementsOf(log(whole).stream().map(TrainingLog.Line::loss).toList());
  }

  private float[] train(Path folder, int steps, double learningRate, StopSignal signal) {
    try (LoraAdapter lora = TinyTraining.adapter()) {
      trainer(folder, steps, learningRate).run(Trained.of(lora), Progress.NONE, signal);
      return lora.parameters().toFloats();
    }
  }

  private Trainer trainer(Path folder, int steps, double learningRate) {
    return new Trainer(
        TinyTraining.trainee(decoder),
        TinyTraining.recipe(steps, learningRate),
        TinyTraining.examples(30),
        folder);
  }

  private static List<TrainingLog.Line> log(Path folder) {
    return new TrainingLog(folder.resolve(TrainingLog.FILE_NAME)).read();
  }

  private static double mean(List<TrainingLog.Line> lines) {
    return lines.stream().mapToDouble(TrainingLog.Line::loss).average().orElseThrow();
  }

  private static StopSignal stopAfter(int steps) {
    var asked = new AtomicInteger();
    return () -> asked.incrementAndGet() >= steps;
  }

  /// What a kill looks like from inside: nothing more is written.
  private static final class KilledException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
