package io.alidade.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A row on its way into a file, with what layouts have in common.
final class LayoutRow {
  /// Types of columns in Parquet.
  static final String TEXT = "VARCHAR";

  static final String TEXTS = "VARCHAR[]";
  static final String NUMBER = "DOUBLE";
  static final String NUMBERS = "DOUBLE[]";

  /// An example's values beside its texts, which most layouts have no place for.
  static final List<String> BESIDE_TEXTS = List.of("kind", "language", "instruction", "provenance");

  /// The same for layouts with a place for the instruction.
  static final List<String> BESIDE_INSTRUCTION = List.of("kind", "language", "provenance");

  private final ObjectNode columns = JsonMapper.shared().createObjectNode();

  LayoutRow text(String column, String text) {
    columns.put(column, text);
    return this;
  }

  LayoutRow texts(String column, List<String> texts) {
    texts.forEach(columns.putArray(column)::add);
    return this;
  }

  LayoutRow number(String column, double number) {
    columns.put(column, number);
    return this;
  }

  LayoutRow numbers(String column, List<Double> numbers) {
    numbers.forEach(columns.putArray(column)::add);
    return this;
  }

  LayoutRow nodes(String column, List<? extends JsonNode> nodes) {
    nodes.forEach(columns.putArray(column)::add);
    return this;
  }

  ObjectNode node() {
    return columns;
  }

  /// Columns in their order: names and types in turn.
  static SequencedMap<String, String> columns(String... namesAndTypes) {
    var columns = new LinkedHashMap<String, String>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      columns.put(namesAndTypes[i], namesAndTypes[i + 1]);
    }
    return columns;
  }

  /// The texts of `negative`, `negatives` and `negative_1 … negative_n`, as far as they are there.
  static List<String> namedNegatives(JsonLine row) {
    var negatives = new ArrayList<String>();
    for (String column : row.object().propertyNames()) {
      if (column.matches("negatives|negative(_\\d+)?") && row.has(column)) {
        negatives.addAll(row.texts(column));
      }
    }
    return filled(row, negatives);
  }

  /// The same texts, if none is empty.
  static List<String> filled(JsonLine row, List<String> negatives) {
    if (negatives.stream().anyMatch(String::isBlank)) {
      throw row.error("a negative is empty; a text is needed");
    }
    return negatives;
  }

  /// The texts of a list of positives, if there is one and none is empty.
  static List<String> positives(JsonLine row, String column) {
    List<String> positives = row.texts(column);
    if (positives.isEmpty() || positives.stream().anyMatch(String::isBlank)) {
      throw row.error("\"%s\" must hold one text or more, none of them empty".formatted(column));
    }
    return positives;
  }
}
