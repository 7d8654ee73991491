package io.alidade.model.transformer;

/// How a training pass is computed.
///
/// @param dropoutSeed what dropout's masks are a function of
/// @param recompute whether a layer keeps its input alone, and computes again what running
///   backwards needs: one more forward pass, in the memory of one layer
/// @param turn when the pass may add to gradients that it shares with others
/// @see <a href="https://arxiv.org/abs/1604.06174">Chen et al., Training Deep Nets with Sublinear
///   Memory Cost, 2016</a>
public record PassSettings(long dropoutSeed, boolean recompute, GradientOrder.Turn turn) {

  /// Everything kept, gradients of its own.
  public static PassSettings of(long dropoutSeed) {
    return new PassSettings(dropoutSeed, false, GradientOrder.Turn.ANY);
  }
}
