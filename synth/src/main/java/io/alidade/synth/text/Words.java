package io.alidade.synth.text;

import java.lang.Character.UnicodeScript;
import java.util.Locale;
import java.util.Set;

/// Words of texts in any script.
public final class Words {
  /// Scripts that put no spaces between words.
  private static final Set<UnicodeScript> UNSPACED =
      Set.of(
          UnicodeScript.HAN,
          UnicodeScript.HIRAGANA,
          UnicodeScript.KATAKANA,
          UnicodeScript.THAI,
          UnicodeScript.LAO,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR);

  /// Letters a word has in those scripts, roughly.
  private static final int UNSPACED_LETTERS = 2;

  private Words() {}

  /// How many words a text has, roughly: spaces are counted, or letters where there are none.
  public static int count(String text) {
    int words = 0;
    int unspaced = 0;
    boolean within = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      boolean letter = Character.isLetterOrDigit(c);
      if (letter && UNSPACED.contains(UnicodeScript.of(c))) {
        unspaced++;
        within = false;
      } else if (Character.isWhitespace(c)) {
        within = false;
      } else if (letter && !within) {
        words++;
        within = true;
      }
    }
    return words + (unspaced + UNSPACED_LETTERS - 1) / UNSPACED_LETTERS;
  }

  /// The text in small letters, with one space wherever there is anything but letters and digits:
  /// texts that differ only in such things count as the same.
  public static String folded(String text) {
    var folded = new StringBuilder(text.length());
    boolean space = false;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      int c = text.codePointAt(i);
      if (Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK) {
        if (space && !folded.isEmpty()) {
          folded.append(' ');
        }
        folded.appendCodePoint(c);
        space = false;
      } else {
        space = true;
      }
    }
    return folded.toString().toLowerCase(Locale.ROOT);
  }
}
