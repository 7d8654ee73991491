package io.alidade.train.objective;

import java.util.stream.IntStream;

/// The loss that CoSENT and AnglE have in common: scores should be in the order of the grades.
///
/// ```
/// L = log( 1 + Σ exp(λ (sᵢ − sⱼ)) )      over all i, j with gradeᵢ < gradeⱼ
/// ∂L/∂sᵢ = λ (Σⱼ wᵢⱼ − Σⱼ wⱼᵢ),         w the terms of the sum over the whole
/// ```
final class RankedPairs {
  private final double value;
  private final double[] slopes;

  /// @param value `L`
  /// @param slopes `∂L/∂s`
  private RankedPairs(double value, double[] slopes) {
    this.value = value;
    this.slopes = slopes;
  }

  /// The objective over the scores of each query and its positive.
  static Objective.Loss loss(PairScore score, double scale, Vectors vectors, Relation relation) {
    double[] grades =
        IntStream.range(0, relation.queries().size()).mapToDouble(relation::grade).toArray();
    Pairs pairs = Pairs.positives(score, relation);
    RankedPairs ranked = of(pairs.scores(vectors), grades, scale);
    return new Objective.Loss(ranked.value, pairs.gradient(vectors, ranked.slopes));
  }

  private static RankedPairs of(double[] scores, double[] grades, double scale) {
    double most = most(scores, grades, scale);
    double sum = Math.exp(-most);
    double[] slopes = new double[scores.length];
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (grades[i] < grades[j]) {
          double term = Math.exp(scale * (scores[i] - scores[j]) - most);
          sum += term;
          slopes[i] += term;
          slopes[j] -= term;
        }
      }
    }
    for (int i = 0; i < slopes.length; i++) {
      slopes[i] *= scale / sum;
    }
    return new RankedPairs(most + Math.log(sum), slopes);
  }

  /// The largest exponent, which is taken out of all so that none overflows.
  private static double most(double[] scores, double[] grades, double scale) {
    double most = 0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (grades[i] < grades[j]) {
          most = Math.max(most, scale * (scores[i] - scores[j]));
        }
      }
    }
    return most;
  }
}
