package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.Progress;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.lora.LoraAdapter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingEstimateTest {
  @TempDir Path scratch;
  @TempDir Path out;

  @Test
  void duration_knownSpeed_countsForwardAndBackward() {
    // 120 steps of 500 tokens at 4 operations a weight and 72 % of the speed.
    var once = new TrainingEstimate(120, 500, 14_400_000, 2, 4e9);
    assertThat(once.duration()).isEqualTo(Duration.ofMinutes(20));
    var cached = new TrainingEstimate(120, 500, 14_400_000, 3, 4e9);
    assertThat(cached.duration()).isEqualTo(Duration.ofMinutes(30));
  }

  @Test
  void toString_hours_saysHoursAndMinutes() {
    var estimate = new TrainingEstimate(1000, 500, 14_400_000, 2, 4e9);
    assertThat(estimate)
        .hasToString(
            "training 1000 steps of about 500 tokens will take about 2 h 47 min here (4 GFLOPS)");
    assertThat(estimate.worthSaying()).isTrue();
    assertThat(new TrainingEstimate(1, 500, 14_400_000, 2, 4e9).worthSaying()).isFalse();
  }

  @Test
  void estimate_halfDone_countsTheRestAndItsTokens() {
    try (Decoder decoder = TinyTraining.decoder(scratch);
        LoraAdapter lora = TinyTraining.adapter()) {
      var trainer =
          new Trainer(
              TinyTraining.trainee(decoder),
              TinyTraining.recipe(6, 1e-3),
              TinyTraining.examples(24),
              out);
      assertThat(trainer.estimate().steps()).isEqualTo(6);
      trainer.run(Trained.of(lora), Progress.NONE, StopSignal.NEVER);
      TrainingEstimate after = trainer.estimate();
      assertThat(after.steps()).isZero();
      assertThat(after.operationsPerSecond()).isGreaterThan(1e8);
      List<TrainingLog.Line> log = new TrainingLog(out.resolve(TrainingLog.FILE_NAME)).read();
      double computed =
          log.stream().mapToInt(TrainingLog.Line::computedTokens).average().orElseThrow();
      // Training cuts batches into parts, which repeat what they share.
      assertThat(after.tokens()).isBetween(computed * 0.7, computed * 1.05);
    }
  }
}
