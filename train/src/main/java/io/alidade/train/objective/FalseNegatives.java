package io.alidade.train.objective;

/// Which texts are left out of the negatives because they may be positives that the data does not
/// name.
///
/// @param sameText those equal to a positive of the same query, wherever they occur, or to the
///   query itself
/// @param sameDocument those with the document identifier of a positive of the same query, in data
///   that has identifiers
/// @param margin those that score above the positive's score and this, in `[-2, 2]`; 2 leaves none
///   out, since scores are cosines
/// @see <a href="https://arxiv.org/abs/2506.05176">Zhang et al., Qwen3 Embedding, 2025</a>, the
///   mask m of the loss, whose margin is 0.1
public record FalseNegatives(boolean sameText, boolean sameDocument, double margin) {
  private static final double NONE = 2;

  public FalseNegatives {
    if (!(margin >= -NONE && margin <= NONE)) {
      throw new IllegalArgumentException("margin must be in [-2, 2], is " + margin);
    }
  }

  /// What the data says, and no scores.
  public static FalseNegatives defaults() {
    return new FalseNegatives(true, true, NONE);
  }

  /// Whether scores leave anything out.
  boolean byScore() {
    return margin < NONE;
  }
}
