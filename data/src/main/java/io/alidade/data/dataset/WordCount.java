package io.alidade.data.dataset;

import java.text.BreakIterator;
import java.util.Locale;

/// Counts words in any script, by the boundaries that Java knows; in scripts without spaces they
/// are rough.
public final class WordCount {
  private final BreakIterator boundaries = BreakIterator.getWordInstance(Locale.ROOT);

  /// How many words the text has. Not for several threads at once.
  public int of(String text) {
    boundaries.setText(text);
    int words = 0;
    int start = boundaries.first();
    for (int end = boundaries.next(); end != BreakIterator.DONE; end = boundaries.next()) {
      words += holdsWord(text, start, end) ? 1 : 0;
      start = end;
    }
    return words;
  }

  private static boolean holdsWord(String text, int start, int end) {
    return text.substring(start, end).codePoints().anyMatch(Character::isLetterOrDigit);
  }
}
