package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON object of a file, whose keys are read with errors that name file and key. A key whose
/// value is `null` counts as left out.
public record JsonObject(Path file, JsonNode node) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  public static JsonObject read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(file, "no such file");
    }
    try {
      return of(file, JSON.readTree(file.toFile()));
    } catch (JacksonException e) {
      throw new DataException(file, "not JSON: " + ParserMessage.of(e), e);
    }
  }

  private static JsonObject of(Path file, JsonNode node) {
    if (!node.isObject()) {
      throw new DataException(file, "is not a JSON object");
    }
    return new JsonObject(file, node);
  }

  public boolean has(String key) {
    return node.hasNonNull(key);
  }

  /// Whether the key is there with the value `null`, which in some places differs from being
  /// absent.
  public boolean isNull(String key) {
    return node.path(key).isNull();
  }

  public List<String> keys() {
    return List.copyOf(node.propertyNames());
  }

  public Optional<String> text(String key) {
    return value(key, JsonNode::isString, "a text").map(JsonNode::stringValue);
  }

  public OptionalInt integer(String key) {
    var value = value(key, n -> n.isIntegralNumber() && n.canConvertToInt(), "an integer");
    return value.isPresent() ? OptionalInt.of(value.get().intValue()) : OptionalInt.empty();
  }

  /// How many layers stand between two of another kind, or the like.
  ///
  /// @throws DataException if it is less than 1
  int interval(String key, int otherwise) {
    int interval = integer(key).orElse(otherwise);
    if (interval < 1) {
      throw new DataException(file, "\"%s\" is %d; at least 1".formatted(key, interval));
    }
    return interval;
  }

  public Optional<Double> number(String key) {
    return value(key, JsonNode::isNumber, "a number").map(JsonNode::doubleValue);
  }

  public Optional<Boolean> flag(String key) {
    return value(key, JsonNode::isBoolean, "true or false").map(JsonNode::booleanValue);
  }

  public Optional<JsonObject> object(String key) {
    return value(key, JsonNode::isObject, "an object").map(n -> new JsonObject(file, n));
  }

  /// The elements of a list.
  public Stream<JsonNode> elements(String key) {
    return value(key, JsonNode::isArray, "a list").stream().flatMap(JsonNode::valueStream);
  }

  /// This object as texts by key.
  public Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    for (String key : keys()) {
      text(key).ifPresent(text -> texts.put(key, text));
    }
    return texts;
  }

  public int requiredInteger(String key) {
    return integer(key).orElseThrow(() -> missing(key));
  }

  public String requiredText(String key) {
    return text(key).orElseThrow(() -> missing(key));
  }

  public double requiredNumber(String key) {
    return number(key).orElseThrow(() -> missing(key));
  }

  private Optional<JsonNode> value(String key, Predicate<JsonNode> kind, String wanted) {
    JsonNode value = node.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Optional.empty();
    }
    if (!kind.test(value)) {
      throw new DataException(file, "\"%s\" is %s, not %s".formatted(key, brief(value), wanted));
    }
    return Optional.of(value);
  }

  private DataException missing(String key) {
    return new DataException(file, "has no \"%s\"".formatted(key));
  }

  private static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
