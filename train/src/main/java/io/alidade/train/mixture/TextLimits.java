package io.alidade.train.mixture;

import io.alidade.train.batch.TokenLimits;

/// What the texts of a source are cut to, from their beginnings; 0 for no limit but the recipe's
/// `max_tokens`.
///
/// @param queryCharacters of a query, as Unicode counts them
/// @param passageCharacters of a positive or negative
/// @param queryTokens of a query, template and end-of-sequence included
/// @param passageTokens of a positive or negative, end-of-sequence included
public record TextLimits(
    int queryCharacters, int passageCharacters, int queryTokens, int passageTokens) {
  private static final int LEAST_TOKENS = 2;

  public TextLimits {
    atLeast(1, "queryCharacters", queryCharacters);
    atLeast(1, "passageCharacters", passageCharacters);
    atLeast(LEAST_TOKENS, "queryTokens", queryTokens);
    atLeast(LEAST_TOKENS, "passageTokens", passageTokens);
  }

  private static void atLeast(int least, String name, int value) {
    if (value != 0 && value < least) {
      throw new IllegalArgumentException(
          "%s must be at least %d, or 0 for no limit, is %d".formatted(name, least, value));
    }
  }

  public static TextLimits defaults() {
    return new TextLimits(0, 0, 0, 0);
  }

  String query(String text) {
    return cut(text, queryCharacters);
  }

  String passage(String text) {
    return cut(text, passageCharacters);
  }

  private static String cut(String text, int characters) {
    return characters == 0 || text.codePointCount(0, text.length()) <= characters
        ? text
        : text.substring(0, text.offsetByCodePoints(0, characters));
  }

  TokenLimits tokens() {
    return new TokenLimits(queryTokens, passageTokens);
  }
}
