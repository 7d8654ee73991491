package io.alidade.synth.sampling;

/// Where a candidate's task comes from.
public sealed interface TaskChoice permits TaskChoice.None, TaskSlot, WrittenTask {

  /// The prompt needs none.
  record None() implements TaskChoice {}
}
