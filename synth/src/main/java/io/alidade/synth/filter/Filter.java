package io.alidade.synth.filter;

import java.util.Optional;

/// Looks for one fault of an answer. Threads may share it.
@FunctionalInterface
interface Filter {

  /// What is wrong.
  record Fault(Reason reason, String detail) {}

  /// The fault, if the draft has it.
  Optional<Fault> check(Draft draft);
}
