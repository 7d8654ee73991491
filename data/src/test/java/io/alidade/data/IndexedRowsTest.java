package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexedRowsTest {
  @TempDir Path folder;

  /// Rows shorter and longer than any buffer, of characters of one to four bytes.
  @Test
  void at_anyPlace_givesTheRowThatTheWalkGave() throws IOException {
    var random = new SplittableRandom(1);
    var lines = new StringBuilder("\uFEFF");
    for (int i = 0; i < 60; i++) {
      int length = i % 20 == 0 ? 70_000 : random.nextInt(300);
      lines
          .append("{\"n\": %d, \"text\": \"%s\"}".formatted(i, "aé漢𠮷".repeat(length)))
          .append(i % 3 == 0 ? "\r\n\n" : i == 59 ? "" : "\n");
    }
    Path file = Files.writeString(folder.resolve("rows.jsonl"), lines);
    var walked = new ArrayList<JsonLine>();
    var places = new ArrayList<Long>();
    try (IndexedRows rows = IndexedRows.open(file, folder.resolve("spool"))) {
      rows.forEach(
          (place, row) -> {
            places.add(place);
            walked.add(row);
          });
      assertThat(walked).hasSize(60).last().extracting(JsonLine::number).isEqualTo(80L);
      for (int i = 59; i >= 0; i--) {
        assertThat(rows.at(places.get(i), walked.get(i).number())).isEqualTo(walked.get(i));
      }
    }
  }

  @Test
  void forEach_brokenLine_namesIt() throws IOException {
    Path file = Files.write(folder.resolve("rows.jsonl"), List.of("{}", "", "{"));
    try (IndexedRows rows = IndexedRows.open(file, folder.resolve("spool"))) {
      assertThatThrownBy(() -> rows.forEach((_, _) -> {}))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file + ":3: broken JSON");
    }
  }

  @Test
  void open_missingFile_saysSo() {
    Path file = folder.resolve("none.jsonl");
    assertThatThrownBy(() -> IndexedRows.open(file, folder.resolve("spool")).close())
        .isInstanceOf(DataException.class)
        .hasMessage(file + ": there is no such file");
  }
}
