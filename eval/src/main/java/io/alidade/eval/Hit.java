package io.alidade.eval;

import java.util.Comparator;

/// A document found for a query, with its score: higher is nearer.
public record Hit(String document, float score) {

  /// The order of trec_eval: by descending score, ties by descending document id (byte by byte in
  /// UTF-8, which is the order of code points). Scores are single precision there too.
  public static final Comparator<Hit> TREC_ORDER =
      Comparator.comparing(Hit::score, Comparator.reverseOrder())
          .thenComparing(Hit::document, (a, b) -> compareCodePoints(b, a));

  /// Compares as UTF-8 bytes do; `String.compareTo` differs beyond the basic plane.
  static int compareCodePoints(String a, String b) {
    int length = Math.min(a.length(), b.length());
    for (int i = 0; i < length; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        // A surrogate stands for a code point above every other char, also those from U+E000 on.
        int kinds = Boolean.compare(Character.isSurrogate(x), Character.isSurrogate(y));
        return kinds != 0 ? kinds : Character.compare(x, y);
      }
    }
    return Integer.compare(a.length(), b.length());
  }
}
