package io.alidade.synth.filter;

import java.lang.Character.UnicodeScript;
import java.util.Set;

/// What letters a text is written in.
final class Scripts {
  private static final Set<UnicodeScript> NEUTRAL =
      Set.of(UnicodeScript.COMMON, UnicodeScript.INHERITED, UnicodeScript.UNKNOWN);

  private Scripts() {}

  /// Letters of any script.
  static long letters(String text) {
    return text.codePoints().filter(Character::isLetter).count();
  }

  /// The share of letters that belong to one of the scripts; 1 for a text without letters.
  static double share(String text, Set<UnicodeScript> scripts) {
    long all = 0;
    long inside = 0;
    for (int c : text.codePoints().filter(Character::isLetter).toArray()) {
      UnicodeScript script = UnicodeScript.of(c);
      if (!NEUTRAL.contains(script)) {
        all++;
        inside += scripts.contains(script) ? 1 : 0;
      }
    }
    return all == 0 ? 1 : (double) inside / all;
  }
}
