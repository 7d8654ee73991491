package io.alidade.eval.parity;

import java.util.List;

/// The vectors that known faults would give, for comparison.
@FunctionalInterface
public interface FaultyVectors {
  /// Where the model is not at hand.
  FaultyVectors NONE = _ -> List.of();

  /// The vector of a text under one fault.
  record Faulty(Fault fault, List<Float> vector) {
    public Faulty {
      vector = List.copyOf(vector);
    }
  }

  /// The vectors of a case under each fault that could change it.
  List<Faulty> of(ParityCase asked);
}
