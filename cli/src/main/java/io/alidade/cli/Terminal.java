package io.alidade.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/// The streams of a command. Text is UTF-8 whatever the locale says, for JSON is.
///
/// @param interactive whether a person watches standard error, so that a progress bar can be drawn
public record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {
  /// System property: whether standard error is a terminal, which the launcher knows and Java does
  /// not.
  static final String PROPERTY = "alidade.terminal";

  /// This process's own streams.
  static Terminal ofProcess() {
    return new Terminal(
        new FileInputStream(FileDescriptor.in),
        stream(FileDescriptor.out, false),
        stream(FileDescriptor.err, true),
        Boolean.getBoolean(PROPERTY));
  }

  private static PrintStream stream(FileDescriptor descriptor, boolean autoFlush) {
    var file = new BufferedOutputStream(new FileOutputStream(descriptor), 1 << 13);
    return new PrintStream(file, autoFlush, StandardCharsets.UTF_8);
  }
}
