package io.alidade.core.recipe;

import io.alidade.core.UsageException;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Puts `--set data.0.ratio=0.5` into a recipe's tree: a dotted path, with an index into lists, and
/// a value that is read as YAML. Groups on the way that the recipe leaves out are made, and the
/// index just past a list's end adds to it. A value of `null`, or none, puts the key back to its
/// default.
public final class RecipeOverrides {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final String assignment;

  private RecipeOverrides(String assignment) {
    this.assignment = assignment;
  }

  /// Changes the tree, assignment by assignment.
  ///
  /// @throws UsageException for text that is no assignment, or a path that the tree cannot have
  public static void apply(ObjectNode tree, List<String> assignments) {
    for (String assignment : assignments) {
      new RecipeOverrides(assignment).apply(tree);
    }
  }

  private void apply(ObjectNode tree) {
    int equals = assignment.indexOf('=');
    List<String> keys = List.of(assignment.substring(0, Math.max(0, equals)).split("\\.", -1));
    if (keys.stream().anyMatch(String::isBlank)) {
      throw error("write KEY=VALUE, such as tuning.rank=8");
    }
    put(tree, keys, 0, value(assignment.substring(equals + 1)));
  }

  private JsonNode value(String text) {
    try {
      JsonNode value = RecipeTree.YAML.readTree(text);
      return value.isMissingNode() ? NODES.nullNode() : value;
    } catch (JacksonException _) {
      throw error("the value is broken YAML; quote it if it is a text");
    }
  }

  private void put(JsonNode parent, List<String> keys, int depth, JsonNode value) {
    String key = keys.get(depth);
    boolean last = depth == keys.size() - 1;
    JsonNode present =
        switch (parent) {
          case ObjectNode object -> object.path(key);
          case ArrayNode array -> array.path(index(array, keys, depth));
          default ->
              throw error(
                  "%s is %s, which has no keys"
                      .formatted(String.join(".", keys.subList(0, depth)), parent));
        };
    boolean absent = present.isMissingNode() || present.isNull();
    JsonNode child = last ? value : absent ? container(keys.get(depth + 1)) : present;
    switch (parent) {
      case ArrayNode array when array.size() == index(array, keys, depth) -> array.add(child);
      case ArrayNode array -> array.set(index(array, keys, depth), child);
      case ObjectNode object when child.isNull() -> object.remove(key);
      case ObjectNode object -> object.set(key, child);
      default -> throw new AssertionError(parent);
    }
    if (!last) {
      put(child, keys, depth + 1, value);
    }
  }

  private int index(ArrayNode array, List<String> keys, int depth) {
    String key = keys.get(depth);
    if (!key.matches("[0-9]{1,6}") || Integer.parseInt(key) > array.size()) {
      throw error(
          "%s is a list of %d; \"%s\" must be an index from 0 to %d"
              .formatted(
                  String.join(".", keys.subList(0, depth)), array.size(), key, array.size()));
    }
    return Integer.parseInt(key);
  }

  private static JsonNode container(String firstKey) {
    return firstKey.matches("[0-9]+") ? NODES.arrayNode() : NODES.objectNode();
  }

  private UsageException error(String problem) {
    return new UsageException("--set " + assignment + ": " + problem);
  }
}
