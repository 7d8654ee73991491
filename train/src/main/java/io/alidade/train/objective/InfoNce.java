package io.alidade.train.objective;

import io.alidade.tensor.Tensor;

/// InfoNCE over in-batch and hard negatives.
///
/// ```
/// L = −1/n · Σᵢ log( exp(qᵢ·d⁺ᵢ / τ) / Σⱼ exp(qᵢ·dⱼ / τ) )
/// ∂L/∂Q = (P − Y) D / (n τ),   ∂L/∂D = (P − Y)ᵀ Q / (n τ)
/// ```
///
/// with `P` the softmax over the candidates that are not excluded and `Y` one at the positives.
///
/// | paper symbol | here |
/// |---|---|
/// | h_q, h_d | rows of `queries`, `candidates` (normalised) |
/// | τ | `temperature` |
/// | 𝒩 | candidates that are neither the positive nor excluded |
///
/// @param temperature above 0; the paper's is 0.02
/// @param inBatchNegatives whether the other rows' positives and negatives count
/// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., 2024</a>, section 3.2, equation 2
/// @see <a href="https://arxiv.org/abs/1807.03748">van den Oord et al., Contrastive Predictive
///   Coding, 2018</a>
public record InfoNce(double temperature, boolean inBatchNegatives) implements Objective {
  public InfoNce {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be above 0, is " + temperature);
    }
  }

  /// The paper's values.
  public static InfoNce defaults() {
    return new InfoNce(0.02, true);
  }

  @Override
  public Loss compute(Tensor queries, Tensor candidates, Relation relation) {
    long n = queries.size(0);
    long m = candidates.size(0);
    Tensor mask = Tensor.of(relation.additiveMask(), n, m).to(queries.dtype());
    Tensor target = Tensor.of(relation.oneHot(), n, m).to(queries.dtype());
    Tensor scores = queries.matmul(candidates.t()).timesInPlace(1 / temperature).add(mask);
    // The softmax subtracts each row's maximum, so that exp(1 / 0.02) does not overflow.
    Tensor residual = scores.softmax(1).minus(target);
    double value = -positiveLogProbabilities(scores, relation) / n;
    residual.timesInPlace(1 / (n * temperature));
    return new Loss(value, residual.matmul(candidates), residual.t().matmul(queries));
  }

  private static double positiveLogProbabilities(Tensor scores, Relation relation) {
    double[] logs = scores.logSoftmax(1).toDoubles();
    double sum = 0;
    for (int query = 0; query < relation.positives().size(); query++) {
      sum += logs[query * relation.candidates() + relation.positives().get(query)];
    }
    return sum;
  }
}
