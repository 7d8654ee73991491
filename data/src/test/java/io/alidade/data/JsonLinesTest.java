package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
  @TempDir Path folder;

  @Test
  void forEach_blankLinesAndByteOrderMark_keepsLineNumbers() throws IOException {
    Path file =
        Files.writeString(folder.resolve("a.jsonl"), "\uFEFF{\"a\":\"x\"}\r\n\n{\"a\":\"ü\"}");
    var seen = new ArrayList<String>();
    JsonLines.forEach(file, line -> seen.add(line.number() + line.text("a")));
    assertThat(seen).containsExactly("1x", "3ü");
  }

  @Test
  void forEach_notUtf8_namesTheLine() throws IOException {
    Path file = folder.resolve("latin.jsonl");
    Files.write(file, "{\"a\":\"x\"}\n{\"a\":\"é\"}\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> JsonLines.forEach(file, line -> line.text("a")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("latin.jsonl:2: is not UTF-8");
  }

  @Test
  void forEach_brokenOrDuplicateOrNoObject_namesTheLine() throws IOException {
    for (String broken : List.of("{\"a\":", "{\"a\":1,\"a\":2}", "[1]", "{} {}")) {
      Path file = Files.writeString(folder.resolve("b.jsonl"), "{}\n" + broken + "\n");
      assertThatThrownBy(() -> JsonLines.forEach(file, _ -> {}))
          .as(broken)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("b.jsonl:2: ");
    }
  }

  @Test
  void open_missingFile_saysSo() {
    assertThatThrownBy(() -> JsonLines.first(folder.resolve("none.jsonl")))
        .hasMessageContaining("none.jsonl: there is no such file");
  }

  @Test
  void open_folder_saysWhatIsNeeded() {
    assertThatThrownBy(() -> JsonLines.first(folder))
        .hasMessage(folder + ": is a folder; a file of JSONL or Parquet is needed");
  }

  /// Once, and not for each of what a line break divides it into.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1f8b0a00         | is compressed by gzip; unpack it first
          28b52ffd0a       | is compressed by zstd; unpack it first
          504b03040a       | is a zip archive; unpack it first
          504152310a15     | is Parquet; lines of JSON are needed here
          fffe7b000a000a00 | is not UTF-8 but UTF-16; convert it to UTF-8
          feff007b000a     | is not UTF-8 but UTF-16; convert it to UTF-8
          """)
  void hasNext_fileOfAnotherKind_isRefusedAsAWhole(String bytes, String message)
      throws IOException {
    Path file = Files.write(folder.resolve("a.jsonl"), HexFormat.of().parseHex(bytes));
    try (JsonLines lines = JsonLines.open(file)) {
      assertThatThrownBy(lines::hasNext)
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file + ": " + message);
      assertThat(lines.hasNext()).isFalse();
    }
  }

  @Test
  void text_halfOfASurrogatePair_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("s.jsonl"), "{\"a\":\"\\ud83d\"}");
    assertThatThrownBy(() -> JsonLines.first(file).text("a"))
        .hasMessageContaining("s.jsonl:1: \"a\" holds half of a surrogate pair");
  }
}
