package io.alidade.core;

import tools.jackson.core.JacksonException;

/// What a JSON or YAML parser found wrong, as one line for the person who wrote the file.
public final class ParserMessage {
  /// Jackson repeats here where the open object began, as a position in a source it does not name.
  private static final String START_OF_POSITION = " (start marker";

  private ParserMessage() {}

  /// The parser's first line, without its own account of the place: callers give file and line.
  public static String of(JacksonException problem) {
    String line = String.valueOf(problem.getOriginalMessage()).lines().findFirst().orElse("");
    int position = line.indexOf(START_OF_POSITION);
    return position < 0 ? line : line.substring(0, position);
  }
}
