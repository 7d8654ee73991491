package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ParquetTest {
  private static final TrainingDefaults DEFAULTS = TrainingDefaults.of("Find it");
  @TempDir Path folder;

  @Test
  void write_thenRead_givesTheSameExamplesAndBytes() throws IOException {
    List<Example> examples = new TrainingExamples(7).some(300);
    Path first = folder.resolve("sub/it's [1].parquet");
    TrainingFile.write(first, examples);
    List<Example> read = TrainingFile.read(first, DEFAULTS);
    assertThat(read).isEqualTo(examples);
    Path second = folder.resolve("second.parquet");
    TrainingFile.write(second, read);
    assertThat(second).hasSameBinaryContentAs(first);
    try (var left = Files.list(folder.resolve("sub"))) {
      assertThat(left).containsExactly(first);
    }
  }

  @Test
  void write_noExamples_givesAFileWithoutRows() {
    Path file = folder.resolve("empty.parquet");
    TrainingFile.write(file, List.of());
    assertThat(TrainingFile.read(file, DEFAULTS)).isEmpty();
  }

  /// Made by pyarrow: snappy, two row groups, dictionary pages, nulls, a struct as provenance.
  @Test
  void read_filesOfPyarrow_givesTheirRows() {
    List<Example> ours = TrainingFile.read(Golden.file("parquet/own.parquet", folder), DEFAULTS);
    assertThat(ours).extracting(Example::query).containsExactly("how tall is it", "wie hoch", "没有");
    assertThat(ours)
        .extracting(Example::negatives)
        .containsExactly(List.of("low", "flat"), List.of(), List.of());
    assertThat(ours.getFirst().provenance())
        .containsEntry("source", "test")
        .containsEntry("cost", Map.of("usd", 0.5));
    assertThat(ours).extracting(Example::language).containsExactly("en", "de", "und");
    assertThat(ours.get(1).provenance()).containsEntry("file", "own.parquet");

    List<Example> triplets =
        TrainingFile.read(Golden.file("parquet/triplets.parquet", folder), DEFAULTS);
    assertThat(triplets).extracting(Example::positive).containsExactly("p1", "p2");
    assertThat(triplets).extracting(Example::negatives).containsOnly(List.of("n", "m"));
  }

  @Test
  void read_badRows_areRefusedWithRowAndColumn() {
    Map<Map<String, String>, String> problems =
        Map.of(
            Map.of("query", "q", "positive", " "), "row 2: \"positive\" is empty",
            Map.of("query", "q"), "row 2: no column \"positive\"; found query",
            Map.of("query", "q", "positive", "p", "kind", "x"), "row 2: kind \"x\" is none of",
            Map.of("query", "q", "positive", "p", "id", "1"), "row 2: \"id\" is 1",
            Map.of("query", "q", "positive", "p", "provenance", "{"),
                "row 2: \"provenance\" must be JSON");
    for (var problem : problems.entrySet()) {
      Path file = rows(Map.of("query", "q", "positive", "p"), problem.getKey());
      assertThatThrownBy(() -> TrainingFile.read(file, DEFAULTS))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(file + ": ")
          .hasMessageContaining(problem.getValue());
    }
  }

  @Test
  void open_noParquet_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("a.parquet"), "{\"query\":\"q\"}\n");
    assertThatThrownBy(() -> TrainingFile.read(file, DEFAULTS))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.parquet: is named as Parquet and is none; give it the name")
        .message()
        .hasLineCount(1);
    assertThatThrownBy(() -> TrainingFile.read(folder.resolve("none.parquet"), DEFAULTS))
        .hasMessageContaining("none.parquet: there is no such file");
    assertThatThrownBy(
            () -> TrainingFile.read(Files.createDirectory(folder.resolve("b.parquet")), DEFAULTS))
        .hasMessageContaining("is a folder");
  }

  /// A file cut short anywhere is refused in a sentence, or read; never with another error.
  @Test
  void open_cutShort_isRefused() throws IOException {
    Path whole = folder.resolve("whole.parquet");
    TrainingFile.write(whole, new TrainingExamples(1).some(20));
    byte[] bytes = Files.readAllBytes(whole);
    for (int length = 0; length < bytes.length; length += bytes.length / 10) {
      Path cut = folder.resolve("cut.parquet");
      Files.write(cut, Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> TrainingFile.read(cut, DEFAULTS))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(
              "%s: %s",
              cut,
              length < 4
                  ? "is named as Parquet and is none"
                  : "cannot be read as Parquet: its end is missing; copy or write it again");
    }
  }

  @SafeVarargs
  private Path rows(Map<String, String>... rows) {
    Path file = folder.resolve("rows.parquet");
    var columns = LayoutRow.columns();
    var nodes = new ArrayList<ObjectNode>();
    for (Map<String, String> row : rows) {
      ObjectNode node = JsonMapper.shared().createObjectNode();
      row.forEach(node::put);
      row.keySet().forEach(column -> columns.put(column, LayoutRow.TEXT));
      nodes.add(node);
    }
    RowFile.write(file, columns, nodes::forEach);
    return file;
  }
}
