package io.alidade.data;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.node.ObjectNode;

/// Training data, as JSONL or Parquet. Reads every [TrainingLayout], told apart by a row's columns;
/// writes our own.
///
/// `id`, `kind`, `language`, `instruction` and `provenance` may be absent. An `id` that is there
/// must be the one its content demands, else lineage would follow the wrong example. Other columns
/// are passed over.
public final class TrainingFile {
  private TrainingFile() {}

  public static List<Example> read(Path file, TrainingDefaults defaults) {
    var examples = new ArrayList<Example>();
    forEach(file, defaults, examples::add);
    return List.copyOf(examples);
  }

  /// Hands each example to the consumer in the file's order, one row in memory at a time. A row
  /// with several positives gives one example for each.
  ///
  /// @throws io.alidade.core.DataException at the first row that cannot be read
  public static void forEach(Path file, TrainingDefaults defaults, Consumer<Example> consumer) {
    Rows.forEach(file, row -> examples(row, defaults).forEach(consumer));
  }

  /// Takes an example with the line or row it stands on.
  @FunctionalInterface
  public interface Visitor {
    void visit(long line, Example example);
  }

  /// Like [#forEach], with the rows' numbers.
  public static void visit(Path file, TrainingDefaults defaults, Visitor visitor) {
    Rows.forEach(
        file,
        row -> examples(row, defaults).forEach(example -> visitor.visit(row.number(), example)));
  }

  /// The examples of one row in the layout its columns show.
  public static List<Example> examples(JsonLine row, TrainingDefaults defaults) {
    return examples(row, TrainingLayouts.of(row), defaults);
  }

  /// The examples of one row.
  ///
  /// @throws io.alidade.core.DataException if it is not of that layout
  public static List<Example> examples(
      JsonLine row, TrainingLayout layout, TrainingDefaults defaults) {
    TrainingTexts texts = layout.read(row);
    Map<String, Object> provenance = provenance(row);
    TaskKind kind = kind(row, layout.kind().orElse(defaults.kind()));
    var examples = new ArrayList<Example>();
    for (int i = 0; i < texts.positives().size(); i++) {
      Example example =
          Example.of(
                  kind,
                  row.textOr("language", defaults.language()),
                  texts.instruction().orElse(defaults.instruction()),
                  texts.query(),
                  texts.positives().get(i),
                  texts.negatives(),
                  provenance)
              .withAnnotation(texts.annotations().get(i));
      checkId(row, layout, example);
      examples.add(example);
    }
    return examples;
  }

  /// Writes our own layout with the keys in their canonical order; the same examples give the same
  /// bytes.
  public static void write(Path file, Iterable<Example> examples) {
    RowFile.write(
        file,
        TrainingLayouts.OWN.columns(),
        rows -> examples.forEach(example -> rows.accept(row(example))));
  }

  /// One example as a line of JSON, without the line break.
  public static String line(Example example) {
    return row(example).toString();
  }

  private static ObjectNode row(Example example) {
    return TrainingLayouts.OWN.write(example).getFirst();
  }

  private static TaskKind kind(JsonLine row, TaskKind absent) {
    try {
      return row.has("kind") ? TaskKind.of(row.textOr("kind", "")) : absent;
    } catch (IllegalArgumentException e) {
      throw row.error(String.valueOf(e.getMessage()));
    }
  }

  /// As read; a row that names none is known by its file and number.
  private static Map<String, Object> provenance(JsonLine row) {
    return row.has(ParquetRows.PROVENANCE)
        ? row.objectOrEmpty(ParquetRows.PROVENANCE)
        : Map.of("file", String.valueOf(row.file().getFileName()), "line", row.number());
  }

  /// Other tools' ids are their own affair.
  private static void checkId(JsonLine row, TrainingLayout layout, Example example) {
    boolean ours = layout.label().equals(TrainingLayouts.OWN.label());
    if (ours && row.has("id") && !row.identifier("id").equals(example.id())) {
      throw row.error(
          "\"id\" is %s, but the content's id is %s; correct it or leave the column out"
              .formatted(row.identifier("id"), example.id()));
    }
  }
}
