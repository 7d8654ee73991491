package io.alidade.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentHashTest {
  @TempDir Path folder;

  @Test
  void of_folder_isTheHashOfItsSortedListing() {
    AtomicFiles.writeText(folder.resolve("b/x"), "2");
    AtomicFiles.writeText(folder.resolve("a"), "1");
    AtomicFiles.writeText(folder.resolve(".hidden"), "3");

    assertThat(ContentHash.of(folder))
        .isEqualTo(Sha256.ofText(Sha256.ofText("1") + "  a\n" + Sha256.ofText("2") + "  b/x\n"));
  }

  @Test
  void of_file_isItsOwnHash() {
    AtomicFiles.writeText(folder.resolve("a"), "1");

    assertThat(ContentHash.of(folder.resolve("a"))).isEqualTo(Sha256.ofText("1"));
  }
}
