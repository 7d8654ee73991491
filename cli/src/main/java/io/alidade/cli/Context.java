package io.alidade.cli;

import io.alidade.cli.engine.Engines;

/// What a command works with beside its options.
public record Context(Terminal terminal, Engines engines, Interruption interruption) {

  /// A line for people.
  public void say(String line) {
    terminal.err().println(line);
  }

  /// A line of the result.
  public void print(String line) {
    terminal.out().println(line);
  }
}
