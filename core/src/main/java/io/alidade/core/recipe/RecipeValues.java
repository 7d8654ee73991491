package io.alidade.core.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// The values of a resolved recipe by their dotted keys, as `--set` takes them.
public final class RecipeValues {
  private RecipeValues() {}

  /// All values as text, in the recipe's order.
  public static Map<String, String> of(JsonNode recipe) {
    var values = new LinkedHashMap<String, String>();
    collect("", recipe, values);
    return Collections.unmodifiableMap(values);
  }

  private static void collect(String path, JsonNode node, Map<String, String> values) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              entry -> collect(RecipeNames.path(path, entry.getKey()), entry.getValue(), values));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        collect(RecipeNames.path(path, Integer.toString(i)), node.get(i), values);
      }
    } else {
      values.put(path, node.asString());
    }
  }
}
