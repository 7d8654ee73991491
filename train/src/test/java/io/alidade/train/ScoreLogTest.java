package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoreLogTest {
  @TempDir Path folder;

  /// It is the first whose state is kept.
  @Test
  void best_equalMeans_isTheFirst() {
    var log = new ScoreLog(folder.resolve(ScoreLog.FILE_NAME));
    assertThat(log.best()).isEmpty();
    for (double score : new double[] {0.1, 0.3, 0.2, 0.3}) {
      log.append(ScoreLog.Line.of(log.read().size() + 1, Map.of("task", score)));
    }
    assertThat(log.best()).map(ScoreLog.Line::step).hasValue(2);
  }
}
