package io.alidade.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
  private static final Path FULL_DISK = Path.of("/dev/full");

  @TempDir Path folder;

  @Test
  void write_missingFolders_makesThem() {
    Path file = folder.resolve("a/b/c.txt");

    AtomicFiles.writeText(file, "ä\n");

    assertThat(file).hasContent("ä");
  }

  @Test
  void write_failsHalfway_keepsTheOldContentAndNothingElse() throws IOException {
    Path file = folder.resolve("file");
    AtomicFiles.writeText(file, "old");

    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    out -> {
                      out.write('n');
                      throw new IOException("broken pipe");
                    }))
        .isInstanceOf(WriteFailure.class)
        .hasMessage("cannot write " + file + ": broken pipe");

    assertThat(file).hasContent("old");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void write_fullDisk_saysSoAndWhatToDo() {
    assumeTrue(Files.exists(FULL_DISK), "needs /dev/full, which this system lacks");
    Path file = folder.resolve("file");

    assertThatThrownBy(
            () ->
                AtomicFiles.write(
                    file,
                    _ -> {
                      try (OutputStream full = Files.newOutputStream(FULL_DISK)) {
                        full.write(1);
                      }
                    }))
        .hasMessage(
            "cannot write %s: the disk is full; free some space and run the same command again",
            file);
    assertThat(file).doesNotExist();
  }

  @Test
  void write_contentThatClosesItsStream_isWhole() {
    Path file = folder.resolve("file");

    AtomicFiles.write(
        file,
        out -> {
          try (out) {
            out.write("whole".getBytes(java.nio.charset.StandardCharsets.UTF_8));
          }
        });

    assertThat(file).hasContent("whole");
  }
}
