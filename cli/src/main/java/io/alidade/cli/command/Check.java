package io.alidade.cli.command;

import java.util.Locale;

/// One finding of `doctor`.
///
/// @param detail what was found, and where something is wrong what to do
record Check(String name, Status status, String detail) {
  /// How grave it is.
  enum Status {
    OK,
    WARNING,
    FAILED;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Check ok(String name, String detail) {
    return new Check(name, Status.OK, detail);
  }

  static Check warning(String name, String detail) {
    return new Check(name, Status.WARNING, detail);
  }

  static Check failed(String name, String detail) {
    return new Check(name, Status.FAILED, detail);
  }

  /// Fine where the condition holds, else a warning.
  static Check of(String name, boolean fine, String detail, String otherwise) {
    return fine ? ok(name, detail) : warning(name, detail + "; " + otherwise);
  }
}
