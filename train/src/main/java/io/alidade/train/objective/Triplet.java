package io.alidade.train.objective;

import io.alidade.core.Example;
import java.util.Optional;

/// The triplet loss: the query should be nearer to the positive than to each of its negatives by a
/// margin.
///
/// ```
/// L = 1/N · Σ max(0, ‖q − d⁺‖ − ‖q − d⁻‖ + ε)        over all N negatives of all queries
/// ```
///
/// | paper symbol | here |
/// |---|---|
/// | s_a, s_p, s_n | rows of `queries`, of their positives and negatives (normalised) |
/// | ε | `margin` |
/// | ‖·‖ | `distance`: Euclidean, or 1 − cosine |
///
/// @param margin above 0. The paper's 1 is for vectors of any length; those of length 1 are at most
///   2 apart
/// @param distance between vectors of length 1
/// @see <a href="https://arxiv.org/abs/1908.10084">Reimers and Gurevych, Sentence-BERT, 2019</a>,
///   section 3, triplet objective function
public record Triplet(double margin, Distance distance) implements Objective {

  /// How far two vectors are apart.
  public enum Distance {
    COSINE(PairScore.COSINE),
    EUCLIDEAN(PairScore.EUCLIDEAN);

    private final PairScore score;

    Distance(PairScore score) {
      this.score = score;
    }
  }

  public Triplet {
    Checks.above0("margin", margin);
  }

  /// The paper's distance, with a margin for vectors of length 1.
  public static Triplet defaults() {
    return new Triplet(0.5, Distance.EUCLIDEAN);
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    Pairs pairs = Pairs.own(distance.score, relation);
    double[] scores = pairs.scores(vectors);
    double[] slopes = new double[scores.length];
    int triplets = relation.candidates().size() - relation.queries().size();
    double loss = 0;
    int start = 0;
    for (var own : relation.own()) {
      for (int i = 1; i < own.size(); i++) {
        double excess = scores[start + i] - scores[start] + margin;
        if (excess > 0) {
          loss += excess / triplets;
          slopes[start] -= 1.0 / triplets;
          slopes[start + i] += 1.0 / triplets;
        }
      }
      start += own.size();
    }
    return new Loss(loss, pairs.gradient(vectors, slopes));
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.NEEDED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    return Checks.positive(example, "triplet").or(() -> Checks.negatives(example, "triplet"));
  }
}
