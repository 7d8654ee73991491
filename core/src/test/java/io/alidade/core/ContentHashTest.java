package io.alidade.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
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

  @Test
  void of_nothing_saysSo() {
    assertThatThrownBy(() -> ContentHash.of(folder.resolve("none")))
        .isInstanceOf(DataException.class)
        .hasMessage(folder.resolve("none") + ": there is no such file");
  }

  @Test
  void readFailure_otherCauses_sayWhatToDo() {
    Path file = folder.resolve("a");
    assertThat(ReadFailure.of(file, new AccessDeniedException("a")))
        .hasMessage(file + ": access is denied; make it readable for this user");
    assertThat(ReadFailure.of(file, new MalformedInputException(1)))
        .hasMessage(file + ": is not UTF-8; convert it to UTF-8");
    assertThat(ReadFailure.of(folder, new IOException("Is a directory")))
        .hasMessage(folder + ": is a folder; a file is needed");
    assertThat(ReadFailure.of(file, new IOException("Input/output error")))
        .hasMessage(file + ": cannot be read: Input/output error");
  }
}
