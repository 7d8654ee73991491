package io.alidade.model.transformer;

/// The heads of an attention, and how they score.
///
/// @param heads query heads; a multiple of `keyHeads`
/// @param keyHeads key and value heads
/// @param scale the factor of the scores, mostly `1/√headDim`
/// @param scoreCap scores pass through `cap · tanh(score / cap)`; 0 for none
/// @param causal whether a token sees only itself and those before it; else all of its text
public record AttentionHeads(
    int heads, int keyHeads, int headDim, double scale, double scoreCap, boolean causal) {

  /// Values of all query heads of a row.
  public long queryWidth() {
    return (long) heads * headDim;
  }

  /// Values of all key heads of a row.
  public long keyWidth() {
    return (long) keyHeads * headDim;
  }
}
