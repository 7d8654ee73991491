package io.alidade.data;

import io.alidade.core.AtomicFiles;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/// Training data as JSONL. Reads our own layout,
/// `{"id","kind","language","instruction","query","positive","negatives":[…],"provenance":{…}}`,
/// and the plain ones of other tools (`{query, positive, negative}`, `{anchor, positive,
/// negative}`, FlagEmbedding's `{query, pos, neg, prompt}`); writes our own.
///
/// `id`, `kind`, `language`, `instruction` and `provenance` may be absent. An `id` that is there
/// must be the one its content demands, else lineage would follow the wrong example. Other columns
/// are passed over.
public final class TrainingFile {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private TrainingFile() {}

  public static List<Example> read(Path file, TrainingDefaults defaults) {
    var examples = new ArrayList<Example>();
    forEach(file, defaults, examples::add);
    return List.copyOf(examples);
  }

  /// Hands each example to the consumer in the file's order, one line in memory at a time. A line
  /// with several positives gives one example for each.
  ///
  /// @throws io.alidade.core.DataException at the first line that cannot be read
  public static void forEach(Path file, TrainingDefaults defaults, Consumer<Example> consumer) {
    JsonLines.forEach(file, line -> examples(line, defaults).forEach(consumer));
  }

  /// Takes an example with the line it stands on.
  @FunctionalInterface
  public interface Visitor {
    void visit(long line, Example example);
  }

  /// Like [#forEach], with the lines' numbers.
  public static void visit(Path file, TrainingDefaults defaults, Visitor visitor) {
    JsonLines.forEach(
        file,
        line -> examples(line, defaults).forEach(example -> visitor.visit(line.number(), example)));
  }

  /// Writes our own layout with the keys in their canonical order; the same examples give the same
  /// bytes.
  public static void write(Path file, Iterable<Example> examples) {
    AtomicFiles.write(
        file,
        out -> {
          for (Example example : examples) {
            out.write((line(example) + "\n").getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  /// One example as a line of JSON, without the line break.
  public static String line(Example example) {
    var columns = new LinkedHashMap<String, Object>();
    columns.put("id", example.id());
    columns.put("kind", example.kind().label());
    columns.put("language", example.language());
    columns.put("instruction", example.instruction());
    columns.put("query", example.query());
    columns.put("positive", example.positive());
    columns.put("negatives", example.negatives());
    columns.put("provenance", new TreeMap<>(example.provenance()));
    return JSON.writeValueAsString(columns);
  }

  private static List<Example> examples(JsonLine line, TrainingDefaults defaults) {
    TrainingLayout layout = TrainingLayout.of(line);
    Map<String, Object> provenance = provenance(line);
    TaskKind kind = kind(line, defaults.kind());
    var examples = new ArrayList<Example>();
    for (String positive : layout.positives(line)) {
      Example example =
          Example.of(
              kind,
              line.textOr("language", defaults.language()),
              layout.instruction(line, defaults.instruction()),
              layout.query(line),
              positive,
              layout.negatives(line),
              provenance);
      checkId(line, example);
      examples.add(example);
    }
    return examples;
  }

  private static TaskKind kind(JsonLine line, TaskKind absent) {
    try {
      return line.has("kind") ? TaskKind.of(line.textOr("kind", "")) : absent;
    } catch (IllegalArgumentException e) {
      throw line.error(String.valueOf(e.getMessage()));
    }
  }

  /// As read; a line that names none is known by its file and number.
  private static Map<String, Object> provenance(JsonLine line) {
    return line.has("provenance")
        ? line.objectOrEmpty("provenance")
        : Map.of("file", String.valueOf(line.file().getFileName()), "line", line.number());
  }

  private static void checkId(JsonLine line, Example example) {
    if (line.has("id") && !line.identifier("id").equals(example.id())) {
      throw line.error(
          "\"id\" is %s, but the content's id is %s; correct it or leave the column out"
              .formatted(line.identifier("id"), example.id()));
    }
  }
}
