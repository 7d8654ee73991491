package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.WriteFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFileTest {
  @TempDir Path folder;

  @Test
  void append_diskFull_isOneSentenceAndLeavesWholeLines() throws IOException {
    Path file = folder.resolve("ledger.jsonl");
    var disk =
        new SmallDisk(
            FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            15);
    try (var lines = new LineFile(file, disk)) {
      lines.append("the first");

      assertThatThrownBy(() -> lines.append("the second"))
          .isInstanceOf(WriteFailure.class)
          .hasMessage(
              "cannot write %s: the disk is full; free some space and run the same command again"
                  .formatted(file));
      assertThat(file).hasContent("the first\n");

      disk.makeRoom(100);
      lines.append("the third");
    }
    assertThat(file).hasContent("the first\nthe third\n");
  }
}
