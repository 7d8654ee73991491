package io.alidade.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.alidade.cli.engine.RunHistory.Kept;
import io.alidade.eval.report.ReportData.Measurement;
import io.alidade.train.ScoreLog;
import io.alidade.train.TrainingLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunHistoryTest {
  @TempDir Path run;

  private void log(int step, int real, int computed, long padded) {
    new TrainingLog(run.resolve(TrainingLog.FILE_NAME))
        .append(
            new TrainingLog.Line(
                step,
                0,
                0.5,
                2,
                1e-4,
                real,
                computed,
                padded,
                real / 2.0,
                2.0,
                0,
                9,
                List.of("a")));
  }

  @ParameterizedTest
  @CsvSource({"BEST, 2", "LAST, 3", "OPEN, 0"})
  void read_measuredRun_marksTheStepThatIsKept(Kept kept, int step) throws IOException {
    for (int i = 1; i <= 3; i++) {
      log(i, 100, 80, 150);
    }
    Files.writeString(
        run.resolve(ScoreLog.FILE_NAME),
        """
        {"step":1,"mean":0.1,"scores":{"a":0.1}}
        {"step":2,"mean":0.3,"scores":{"a":0.3}}
        {"step":3,"mean":0.3,"scores":{"a":0.3}}
        """);
    RunHistory history = RunHistory.read(run, kept);
    assertThat(history.curves().keptStep()).isEqualTo(step);
    assertThat(history.curves().steps().getFirst().tokensPerSecond()).isEqualTo(50);
  }

  @Test
  void measurements_paddingCounted_saysWhatWasAvoided() {
    log(1, 100, 80, 150);
    log(2, 200, 160, 250);
    assertThat(RunHistory.read(run, Kept.OPEN).measurements())
        .extracting(Measurement::name, Measurement::value)
        .contains(
            tuple("padding avoided", "25 %"),
            tuple("tokens not computed twice", "20 %"),
            tuple("training speed", "75 tokens/s"));
  }

  @Test
  void read_folderWithoutLogs_isEmpty() {
    assertThat(RunHistory.read(run, Kept.OPEN).measurements()).isEmpty();
  }
}
