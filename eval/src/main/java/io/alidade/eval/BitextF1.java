package io.alidade.eval;

/// The F1 of finding each sentence's translation, as mteb's bitext mining has it: every sentence
/// number is a class with one true member, and the F1 of the classes is averaged.
///
/// `F1_i = 2·TP_i / (2·TP_i + FP_i + FN_i)`: a right answer counts less the more other sentences
/// were answered with the same translation.
public final class BitextF1 {
  private BitextF1() {}

  /// The F1 of each sentence; their mean is the score.
  ///
  /// @param nearest for each sentence the number of the one found for it; right where it is its own
  public static double[] perItem(int[] nearest) {
    int[] answers = new int[nearest.length];
    for (int found : nearest) {
      answers[found]++;
    }
    double[] values = new double[nearest.length];
    for (int i = 0; i < nearest.length; i++) {
      // With TP = 1: FN = 0 and FP = answers − 1. With TP = 0 the F1 is 0.
      values[i] = nearest[i] == i ? 2.0 / (1 + answers[i]) : 0;
    }
    return values;
  }
}
