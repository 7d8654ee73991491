package io.alidade.synth.filter;

import io.alidade.core.Example;

/// What became of a candidate.
public sealed interface Verdict {

  /// It is a training example.
  record Accepted(Example example) implements Verdict {}

  /// It is none.
  ///
  /// @param detail for people
  /// @param text what the model wrote, as far as it did
  record Rejected(Reason reason, String detail, String text) implements Verdict {}
}
