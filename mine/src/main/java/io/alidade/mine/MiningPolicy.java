package io.alidade.mine;

/// Which of the ranked documents become negatives.
///
/// @param negatives how many an example should have
/// @param replace whether those that it has already are put away; else they count, and stay first
/// @param pick which of those within the limits
/// @param seed of random picks, together with the example's id
public record MiningPolicy(int negatives, boolean replace, Limits limits, Pick pick, long seed) {

  /// Which of the documents within the limits are taken.
  public enum Pick {
    /// The best ranked.
    TOP,
    /// Any, by the seed and the example's id.
    RANDOM
  }

  public MiningPolicy {
    if (negatives < 1) {
      throw new IllegalArgumentException("negatives must be at least 1, is " + negatives);
    }
  }
}
