package io.alidade.train.objective;

import io.alidade.core.Example;
import java.util.Optional;

/// MarginMSE: the positive should score as far above each negative as a teacher says.
///
/// ```
/// L = 1/N · Σ ( λ (q·d⁺ − q·d⁻) − (t⁺ − t⁻) )²        over all N negatives of all queries
/// ∂L/∂(q·d⁺) = −∂L/∂(q·d⁻) = 2 λ (…) / N
/// ```
///
/// | paper symbol | here |
/// |---|---|
/// | M_s(Q, P⁺), M_s(Q, P⁻) | `λ q·d`, cosines at `scale` |
/// | M_t | [io.alidade.core.Annotation#teacherScores] |
///
/// @param scale λ, above 0: the paper's students are not normalised, so that their scores reach the
///   teacher's; cosines reach at most twice this
/// @see <a href="https://arxiv.org/abs/2010.02666">Hofstätter et al., Improving Efficient Neural
///   Ranking Models with Cross-Architecture Knowledge Distillation, 2020</a>, section 3
public record MarginMse(double scale) implements Objective {
  public MarginMse {
    Checks.above0("scale", scale);
  }

  /// Cosines as they are.
  public static MarginMse defaults() {
    return new MarginMse(1);
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    Pairs pairs = Pairs.own(PairScore.COSINE, relation);
    double[] scores = pairs.scores(vectors);
    double[] slopes = new double[scores.length];
    int margins = relation.candidates().size() - relation.queries().size();
    double loss = 0;
    int start = 0;
    for (int query = 0; query < relation.queries().size(); query++) {
      double[] teacher = Teachers.scores(relation, query);
      for (int i = 1; i < teacher.length; i++) {
        double found = scale * (scores[start] - scores[start + i]);
        double error = found - (teacher[0] - teacher[i]);
        loss += error * error / margins;
        slopes[start] += 2 * scale * error / margins;
        slopes[start + i] -= 2 * scale * error / margins;
      }
      start += teacher.length;
    }
    return new Loss(loss, pairs.gradient(vectors, slopes));
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.NEEDED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    return Checks.taught(example, "margin-mse");
  }
}
