package io.alidade.data;

import io.alidade.core.DataException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// One object of a JSONL file, or a row of a Parquet file as an object, with the place it stands
/// at, so that each demand that its columns do not meet becomes an error that names file, line and
/// column. A column that is `null` counts as absent.
///
/// @param number the line or row, from 1
public record JsonLine(Path file, long number, ObjectNode object) {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  public boolean has(String column) {
    return object.hasNonNull(column);
  }

  /// The names of the columns that hold something, for an error.
  String columns() {
    List<String> names = object.propertyNames().stream().filter(this::has).toList();
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  /// A text that must be there and hold more than white space.
  public String text(String column) {
    String text = string(required(column), column);
    if (text.isBlank()) {
      throw error("\"" + column + "\" is empty; a text is needed");
    }
    return text;
  }

  /// A text that may be absent or empty.
  public String textOr(String column, String absent) {
    return has(column) ? string(object.get(column), column) : absent;
  }

  /// An identifier or label: a text or a whole number, as text.
  public String identifier(String column) {
    JsonNode value = required(column);
    return value.isIntegralNumber() ? value.asString() : text(column);
  }

  /// A list of texts; a single text is a list of one.
  public List<String> texts(String column) {
    JsonNode value = required(column);
    if (!value.isArray()) {
      return List.of(text(column));
    }
    var texts = new ArrayList<String>(value.size());
    for (JsonNode element : value) {
      texts.add(string(element, column));
    }
    return List.copyOf(texts);
  }

  /// The elements of a list, whatever they are.
  List<JsonNode> elements(String column) {
    JsonNode value = required(column);
    if (!value.isArray()) {
      throw error("\"%s\" must be a list, found %s".formatted(column, brief(value)));
    }
    return List.copyOf(value.values());
  }

  /// The text of a value below a column, which may not be empty.
  String textOf(JsonNode value, String column) {
    String text = string(value, column);
    if (text.isBlank()) {
      throw error("\"" + column + "\" holds an empty text; a text is needed");
    }
    return text;
  }

  public double number(String column) {
    JsonNode value = required(column);
    if (!value.isNumber() || !Double.isFinite(value.asDouble())) {
      throw error("\"%s\" must be a number, found %s".formatted(column, brief(value)));
    }
    return value.asDouble();
  }

  /// A list of numbers.
  List<Double> numbers(String column) {
    var numbers = new ArrayList<Double>();
    for (JsonNode element : elements(column)) {
      if (!element.isNumber() || !Double.isFinite(element.asDouble())) {
        throw error("\"%s\" must hold numbers, found %s".formatted(column, brief(element)));
      }
      numbers.add(element.asDouble());
    }
    return numbers;
  }

  /// The two classes of a pair: `0` or `1`, `false` or `true`.
  public boolean flag(String column) {
    JsonNode value = required(column);
    return switch (value.asString("")) {
      case "0", "false" -> false;
      case "1", "true" -> true;
      default ->
          throw error(
              "\"%s\" must be 0 or 1 (or false or true), found %s".formatted(column, brief(value)));
    };
  }

  /// An object as a sorted map; absent it is empty. Keys whose value is `null` are left out, since
  /// they say no more than an absent key.
  public TreeMap<String, Object> objectOrEmpty(String column) {
    var map = new TreeMap<String, Object>();
    if (!has(column)) {
      return map;
    }
    if (!(object.get(column) instanceof ObjectNode value)) {
      throw error(
          "\"%s\" must be an object, found %s".formatted(column, brief(object.get(column))));
    }
    for (var entry : value.properties()) {
      if (!entry.getValue().isNull()) {
        map.put(entry.getKey(), JSON.treeToValue(entry.getValue(), Object.class));
      }
    }
    return map;
  }

  public DataException error(String problem) {
    return Rows.error(file, number, problem);
  }

  private JsonNode required(String column) {
    if (!has(column)) {
      throw error("no column \"%s\"; found %s".formatted(column, columns()));
    }
    return object.get(column);
  }

  private String string(JsonNode value, String column) {
    if (!value.isString()) {
      throw error("\"%s\" must hold text, found %s".formatted(column, brief(value)));
    }
    String text = value.stringValue();
    // A lone half of a surrogate pair has no UTF-8 form: it would hash and tokenise as '?'.
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw error("\"" + column + "\" holds half of a surrogate pair, which is no character");
    }
    return text;
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
