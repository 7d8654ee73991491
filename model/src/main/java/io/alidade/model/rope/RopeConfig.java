package io.alidade.model.rope;

/// Rotary position embedding: pair `i` of a head's values is turned by the angle `position · fᵢ`,
/// where `fᵢ = theta^(−2i/dims)` unless a [RopeScaling] changes it.
///
/// @param theta base of the wavelengths
/// @param dims how many values of each head are turned, from the first; even
/// @param scaling what changes the frequencies
/// @see <a href="https://arxiv.org/abs/2104.09864">Su et al., RoFormer, 2021</a>, section 3.2
public record RopeConfig(double theta, int dims, RopeScaling scaling) {

  public RopeConfig {
    if (!(theta > 1 && Double.isFinite(theta))) {
      throw new IllegalArgumentException("ropeTheta %s is not over 1".formatted(theta));
    }
    if (dims < 2 || dims % 2 != 0) {
      throw new IllegalArgumentException("RoPE turns %d values; it needs pairs".formatted(dims));
    }
    if (scaling instanceof RopeScaling.LongRope longRope && longRope.pairs() != dims / 2) {
      throw new IllegalArgumentException(
          "longrope has %d factors for %d pairs".formatted(longRope.pairs(), dims / 2));
    }
  }

  /// Without scaling.
  public static RopeConfig plain(double theta, int dims) {
    return new RopeConfig(theta, dims, new RopeScaling.None());
  }
}
