package io.alidade.model;

import com.google.errorprone.annotations.FormatMethod;

/// The shape of a decoder of the Llama family: RMSNorm, rotary positions, grouped-query attention
/// and a SiLU-gated feed-forward part, all without biases.
///
/// @param layers number of layers
/// @param hidden width of the residual stream
/// @param heads query heads; a multiple of `keyHeads`
/// @param keyHeads key and value heads
/// @param headDim width of a head; even, as RoPE rotates its halves against each other
/// @param intermediate width inside the feed-forward part
/// @param vocabulary number of tokens
/// @param maxPositions the longest sequence the model was made for
/// @param ropeTheta base of RoPE's wavelengths
/// @param rmsNormEpsilon added to the mean square before its root is taken
/// @param tiedEmbeddings whether the output layer is the transposed embedding
public record DecoderConfig(
    int layers,
    int hidden,
    int heads,
    int keyHeads,
    int headDim,
    int intermediate,
    int vocabulary,
    int maxPositions,
    double ropeTheta,
    double rmsNormEpsilon,
    boolean tiedEmbeddings) {

  public DecoderConfig {
    requirePositive("layers", layers);
    requirePositive("hidden", hidden);
    requirePositive("heads", heads);
    requirePositive("keyHeads", keyHeads);
    requirePositive("headDim", headDim);
    requirePositive("intermediate", intermediate);
    requirePositive("vocabulary", vocabulary);
    requirePositive("maxPositions", maxPositions);
    require(heads % keyHeads == 0, "heads %d is no multiple of keyHeads %d", heads, keyHeads);
    require(headDim % 2 == 0, "headDim %d is odd; RoPE needs an even one", headDim);
    require(ropeTheta > 1 && Double.isFinite(ropeTheta), "ropeTheta %s is not over 1", ropeTheta);
    require(
        rmsNormEpsilon > 0 && rmsNormEpsilon < 1,
        "rmsNormEpsilon %s is not between 0 and 1",
        rmsNormEpsilon);
  }

  private static void requirePositive(String name, int value) {
    require(value > 0, "%s is %d; it must be at least 1", name, value);
  }

  @FormatMethod
  private static void require(boolean condition, String problem, Object... values) {
    if (!condition) {
      throw new IllegalArgumentException(problem.formatted(values));
    }
  }
}
