package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
  void text_halfOfASurrogatePair_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("s.jsonl"), "{\"a\":\"\\ud83d\"}");
    assertThatThrownBy(() -> JsonLines.first(file).text("a"))
        .hasMessageContaining("s.jsonl:1: \"a\" holds half of a surrogate pair");
  }
}
