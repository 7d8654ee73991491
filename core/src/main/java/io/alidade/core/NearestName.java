package io.alidade.core;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The allowed name that a mistyped one is nearest to, for error messages.
public final class NearestName {
  private NearestName() {}

  /// The name at the smallest edit distance; none if all are so far that the hint would mislead.
  public static Optional<String> of(String name, Collection<String> allowed) {
    return allowed.stream()
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
        .filter(best -> distance(name, best) <= Math.max(2, best.length() / 2));
  }

  /// `; did you mean "rank"?`, or nothing where no allowed name is near.
  public static String hint(String name, Collection<String> allowed) {
    return of(name, allowed).map("; did you mean \"%s\"?"::formatted).orElse("");
  }

  /// Levenshtein's edit distance.
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
