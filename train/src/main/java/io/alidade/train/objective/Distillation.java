package io.alidade.train.objective;

import io.alidade.core.Example;
import java.util.Optional;

/// Distillation of a teacher's scores: over an example's positive and negatives the model's
/// distribution should be the teacher's.
///
/// ```
/// p = softmax(t / τ′),   r = softmax(q·d / τ)          over the example's own candidates
/// L = 1/n · Σᵢ Σₖ pₖ (log pₖ − log rₖ)                 KL(p ‖ r)
/// ∂L/∂(q·dₖ) = (rₖ − pₖ) / (n τ)
/// ```
///
/// | symbol | here |
/// |---|---|
/// | t | [io.alidade.core.Annotation#teacherScores] |
/// | τ, τ′ | `temperature`, `teacherTemperature` |
///
/// sentence-transformers' loss is this times τ².
///
/// @param temperature of the model's cosines, above 0
/// @param teacherTemperature of the teacher's scores, above 0; 1 takes them as logits
/// @see <a href="https://arxiv.org/abs/1503.02531">Hinton et al., Distilling the Knowledge in a
///   Neural Network, 2015</a>
/// @see <a href="https://arxiv.org/abs/2010.11386">Lin et al., Distilling Dense Representations for
///   Ranking using Tightly-Coupled Teachers, 2020</a>, section 3
public record Distillation(double temperature, double teacherTemperature) implements Objective {
  public Distillation {
    Checks.above0("temperature", temperature);
    Checks.above0("teacherTemperature", teacherTemperature);
  }

  /// The temperature of [InfoNce] for cosines, none for the teacher.
  public static Distillation defaults() {
    return new Distillation(0.02, 1);
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    Pairs pairs = Pairs.own(PairScore.COSINE, relation);
    double[] scores = pairs.scores(vectors);
    double[] slopes = new double[scores.length];
    int queries = relation.queries().size();
    double loss = 0;
    int start = 0;
    for (int query = 0; query < queries; query++) {
      double[] teacher = Teachers.scores(relation, query);
      double[] wanted = logSoftmax(teacher, 0, teacher.length, teacherTemperature);
      double[] found = logSoftmax(scores, start, teacher.length, temperature);
      for (int i = 0; i < wanted.length; i++) {
        double share = Math.exp(wanted[i]);
        loss += share == 0 ? 0 : share * (wanted[i] - found[i]) / queries;
        slopes[start + i] = (Math.exp(found[i]) - share) / (queries * temperature);
      }
      start += teacher.length;
    }
    return new Loss(loss, pairs.gradient(vectors, slopes));
  }

  private static double[] logSoftmax(double[] values, int start, int count, double temperature) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, values[start + i] / temperature);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(values[start + i] / temperature - most);
    }
    double[] logs = new double[count];
    for (int i = 0; i < count; i++) {
      logs[i] = values[start + i] / temperature - most - Math.log(sum);
    }
    return logs;
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.NEEDED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    return Checks.taught(example, "distillation");
  }
}
