package io.alidade.core.recipe;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A key that two resolved recipes give different values.
///
/// @param key the dotted path
/// @param before the first recipe's value as JSON, or `none`
/// @param now the second's
public record RecipeDifference(String key, String before, String now) {

  /// All keys that differ, in the order of the first recipe. Whole numbers equal their decimals.
  public static List<RecipeDifference> between(JsonNode before, JsonNode now) {
    var differences = new ArrayList<RecipeDifference>();
    collect("", before, now, differences);
    return List.copyOf(differences);
  }

  /// The differences in one clause, for a message: `seed (was 42, is 7), steps (was 90, is 100)`.
  public static String summary(List<RecipeDifference> differences) {
    return differences.stream()
        .map(one -> "%s (was %s, is %s)".formatted(one.key(), one.before(), one.now()))
        .collect(Collectors.joining(", "));
  }

  private static void collect(
      String path, JsonNode before, JsonNode now, List<RecipeDifference> differences) {
    if (before instanceof ObjectNode a && now instanceof ObjectNode b) {
      Set<String> keys = new LinkedHashSet<>(a.propertyNames());
      keys.addAll(b.propertyNames());
      for (String key : keys) {
        collect(RecipeNames.path(path, key), a.path(key), b.path(key), differences);
      }
    } else if (before instanceof ArrayNode a && now instanceof ArrayNode b) {
      for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
        String key = RecipeNames.path(path, Integer.toString(i));
        collect(key, a.path(i), b.path(i), differences);
      }
    } else if (!equal(before, now)) {
      differences.add(new RecipeDifference(path, shown(before), shown(now)));
    }
  }

  private static boolean equal(JsonNode before, JsonNode now) {
    if (before.isNumber() && now.isNumber()) {
      return before.decimalValue().compareTo(now.decimalValue()) == 0;
    }
    return before.equals(now);
  }

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "none" : node.toString();
  }
}
