package io.alidade.cli;

import java.util.Locale;

/// Numbers of things in sentences.
public final class Counted {
  private Counted() {}

  /// Such as `1 example` and `3,242 examples`.
  public static String of(long count, String thing) {
    return String.format(Locale.ROOT, "%,d %s%s", count, thing, count == 1 ? "" : "s");
  }
}
