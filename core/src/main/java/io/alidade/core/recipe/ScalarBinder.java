package io.alidade.core.recipe;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Reads one value: text, a number, a boolean, an enum or a path.
///
/// YAML parsers disagree on whether `1e-4` is a number, so text that is one is taken as one.
final class ScalarBinder {
  private final String source;
  private final String path;

  ScalarBinder(String source, String path) {
    this.source = source;
    this.path = path;
  }

  Object value(Class<?> type, JsonNode node) {
    if (type == String.class) {
      return text(node, "a text");
    }
    if (type == Path.class) {
      return Path.of(text(node, "a path"));
    }
    if (type == int.class || type == Integer.class) {
      return (int) whole(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == long.class || type == Long.class) {
      return whole(node, Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == double.class || type == Double.class) {
      return number(node);
    }
    if (type == float.class || type == Float.class) {
      return (float) number(node);
    }
    if (type == boolean.class || type == Boolean.class) {
      return bool(node);
    }
    if (type.isEnum()) {
      return constant(type, node);
    }
    throw new IllegalStateException(path + " has a type no recipe can hold: " + type);
  }

  /// Numbers and booleans count as text too: a name such as `2026` needs no quotes.
  private String text(JsonNode node, String needed) {
    if (!node.isValueNode()) {
      throw wrong(node, needed + " is needed");
    }
    return node.asString();
  }

  private long whole(JsonNode node, long least, long greatest) {
    double value = number(node, "a whole number");
    boolean exact = node.isIntegralNumber() && node.canConvertToLong();
    long whole = exact ? node.longValue() : (long) value;
    if ((!exact && whole != value) || whole < least || whole > greatest) {
      throw wrong(node, "a whole number from %d to %d is needed".formatted(least, greatest));
    }
    return whole;
  }

  private double number(JsonNode node) {
    return number(node, "a number");
  }

  private double number(JsonNode node, String needed) {
    double value = node.isNumber() ? node.doubleValue() : parse(node);
    if (!Double.isFinite(value)) {
      throw wrong(node, needed + " is needed");
    }
    return value;
  }

  private static double parse(JsonNode node) {
    String text = node.isString() ? node.asString().strip() : "";
    if (!text.matches("[-+]?[0-9]*\\.?[0-9]+([eE][-+]?[0-9]+)?")) {
      return Double.NaN;
    }
    return Double.parseDouble(text);
  }

  private boolean bool(JsonNode node) {
    if (!node.isBoolean()) {
      throw wrong(node, "true or false is needed");
    }
    return node.booleanValue();
  }

  private Object constant(Class<?> type, JsonNode node) {
    Enum<?>[] constants = (Enum<?>[]) type.getEnumConstants();
    String label = node.asString("");
    for (Enum<?> constant : constants) {
      if (RecipeNames.label(constant).equals(label)) {
        return constant;
      }
    }
    List<String> allowed = Arrays.stream(constants).map(RecipeNames::label).toList();
    throw wrong(
        node, "allowed are " + String.join(", ", allowed) + NearestName.hint(label, allowed));
  }

  private UsageException wrong(JsonNode node, String allowed) {
    return new UsageException("%s: %s is %s; %s".formatted(source, path, node, allowed));
  }
}
