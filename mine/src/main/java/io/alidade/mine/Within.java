package io.alidade.mine;

import io.alidade.core.Example;

/// Among which examples an example's negatives are sought.
public enum Within {
  /// All of the file.
  ALL,
  /// Those of its kind, as batches have them.
  KIND,
  /// Those with its instruction.
  INSTRUCTION;

  /// What examples that belong together have in common.
  String key(Example example) {
    return switch (this) {
      case ALL -> "all";
      case KIND -> example.kind().label();
      case INSTRUCTION -> example.kind().label() + ": " + example.instruction();
    };
  }
}
