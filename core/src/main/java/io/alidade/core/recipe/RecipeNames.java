package io.alidade.core.recipe;

import java.util.Locale;

/// How Java's names are spelt in a recipe.
final class RecipeNames {
  private RecipeNames() {}

  /// `maxTokens` becomes `max_tokens`.
  static String key(String component) {
    return separated(component, '_');
  }

  /// `InfoNce` becomes `info-nce`.
  static String label(Class<?> type) {
    return separated(type.getSimpleName(), '-');
  }

  /// `SHORT_LONG` becomes `short-long`.
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// `lora` and `rank` become `lora.rank`; the root's path is empty.
  static String path(String parent, String key) {
    return parent.isEmpty() ? key : parent + "." + key;
  }

  private static String separated(String name, char separator) {
    var words = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c) && i > 0) {
        words.append(separator);
      }
      words.append(Character.toLowerCase(c));
    }
    return words.toString();
  }
}
