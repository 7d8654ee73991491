package io.alidade.model.transformer;

import java.util.OptionalLong;

/// How a training pass is computed.
///
/// @param dropoutSeed what dropout's masks are a function of; without one nothing is dropped
/// @param recompute whether a layer keeps its input alone, and computes again what running
///   backwards needs: one more forward pass, in the memory of one layer
/// @param turn when the pass may add to gradients that it shares with others
/// @see <a href="https://arxiv.org/abs/1604.06174">Chen et al., Training Deep Nets with Sublinear
///   Memory Cost, 2016</a>
public record PassSettings(OptionalLong dropoutSeed, boolean recompute, GradientOrder.Turn turn) {
  /// For the states alone, as they are without dropout.
  public static final PassSettings STATES =
      new PassSettings(OptionalLong.empty(), true, GradientOrder.Turn.ANY);

  /// Everything kept, gradients of its own.
  public static PassSettings of(long dropoutSeed) {
    return new PassSettings(OptionalLong.of(dropoutSeed), false, GradientOrder.Turn.ANY);
  }
}
