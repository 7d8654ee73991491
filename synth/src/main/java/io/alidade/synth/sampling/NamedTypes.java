package io.alidade.synth.sampling;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import java.util.Map;

/// Types out of a table of ours, such as those of questions, with the user's weights.
///
/// @param words that a prompt says for each name
record NamedTypes(Weights<String> weights, Map<String, String> words) {

  /// @param key of the recipe, for messages
  /// @param weights by name
  /// @throws UsageException for a name that the table does not have, or a bad weight
  static NamedTypes of(String key, Map<String, Double> weights, String table) {
    Map<String, String> words = Wording.table(table);
    for (String name : weights.keySet()) {
      if (!words.containsKey(name)) {
        throw new UsageException(
            "%s: there is no type \"%s\"%s; there are %s"
                .formatted(
                    key,
                    name,
                    NearestName.hint(name, words.keySet()),
                    String.join(", ", words.keySet())));
      }
    }
    try {
      return new NamedTypes(new Weights<>(weights), words);
    } catch (IllegalArgumentException e) {
      throw new UsageException(key + ": " + e.getMessage());
    }
  }

  /// The words for a name.
  String words(String name) {
    return words.getOrDefault(name, name);
  }
}
