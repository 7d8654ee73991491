package io.alidade.mine;

import java.util.Locale;
import java.util.regex.Pattern;

/// Texts that differ in case and blanks only are one: as a negative, such a copy of the positive
/// would teach the opposite of what is meant.
final class SameText {
  private static final Pattern BLANKS = Pattern.compile("\\s+");

  private SameText() {}

  static String of(String text) {
    return BLANKS.matcher(text.strip()).replaceAll(" ").toLowerCase(Locale.ROOT);
  }
}
