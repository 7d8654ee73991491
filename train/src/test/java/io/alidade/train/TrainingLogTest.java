package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.train.objective.Relation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainingLogTest {
  private static final TrainingLog.Line LINE =
      new TrainingLog.Line(
          1, 0, 0.5, 2.5, 1e-4, 300, 200, 450, 150.0, 2.0, 1_800_000_000_000L, 7, List.of("a"));

  @TempDir Path folder;

  @Test
  void append_line_isReadBackAndNamesWhatPaddingCosts() throws IOException {
    Path file = folder.resolve(TrainingLog.FILE_NAME);
    var log = new TrainingLog(file);
    log.append(LINE);
    assertThat(log.read()).containsExactly(LINE);
    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    assertThat(json.required("real_tokens").asInt()).isEqualTo(300);
    assertThat(json.required("padded_tokens").asInt()).isEqualTo(450);
    assertThat(json.required("tokens_per_second").asDouble()).isEqualTo(150);
    assertThat(json.required("ended_millis").asLong()).isEqualTo(1_800_000_000_000L);
  }

  @Test
  void read_brokenLine_namesIt() throws IOException {
    Path file = folder.resolve(TrainingLog.FILE_NAME);
    new TrainingLog(file).append(LINE);
    Files.writeString(file, Files.readString(file) + "{\"step\":2,\n");
    assertThatThrownBy(() -> new TrainingLog(file).read())
        .isInstanceOf(DataException.class)
        .hasMessageContaining("line 2 is no line of a training log");
  }

  @Test
  void paddedTokens_twoSides_padsEachToItsOwnLongest() {
    var ids =
        new ContrastiveStep.Ids(
            List.of(new int[3], new int[5]),
            List.of(new int[2], new int[9], new int[4], new int[1]),
            new Relation(List.of(), List.of(), List.of()));
    assertThat(ids.paddedTokens()).isEqualTo(2 * 5 + 4 * 9);
  }
}
