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

  /// A run that an earlier version began goes on with this one.
  @Test
  void read_linesOfAnEarlierVersion_haveZeroForWhatIsNew() throws IOException {
    Path file = folder.resolve(TrainingLog.FILE_NAME);
    Files.writeString(
        file,
        """
        {"step":1,"epoch":0,"loss":0.5,"gradient_norm":2.5,"learning_rate":1.0E-4,\
        "real_tokens":300,"computed_tokens":200,"seconds":2.0,"memory_bytes":7,"ids":["a"]}
        {"step":2,"epoch":0
        """);
    var log = new TrainingLog(file);
    log.truncateAfter(1);
    log.append(LINE);
    assertThat(log.read())
        .containsExactly(
            new TrainingLog.Line(1, 0, 0.5, 2.5, 1e-4, 300, 200, 0, 0, 2.0, 0, 7, List.of("a")),
            LINE);
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
