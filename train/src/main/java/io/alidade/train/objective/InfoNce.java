package io.alidade.train.objective;

import io.alidade.core.Example;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// InfoNCE over in-batch and hard negatives.
///
/// ```
/// L = −1/n · Σᵢ log( exp(qᵢ·dᵢ / τ) / Zᵢ )
/// Zᵢ = Σⱼ exp(qᵢ·dⱼ / τ)                      query-to-document: all candidates
///    + Σⱼ exp(qᵢ·qⱼ / τ)                      query-to-query: the other queries
///    + Σⱼ exp(dᵢ·qⱼ / τ)                      document-to-query: all queries
///    + Σⱼ exp(dᵢ·dⱼ / τ)                      document-to-document: the other pairs' candidates
/// ∂L/∂A = (P − Y) B / (n τ),   ∂L/∂B = (P − Y)ᵀ A / (n τ)      for each direction's A Bᵀ
/// ```
///
/// with `P` the softmax over the terms of all directions that are not left out and `Y` one at the
/// pair itself. The paper has the first direction alone; GTE has all four, Qwen3-Embedding all but
/// document-to-query.
///
/// | paper symbol | here |
/// |---|---|
/// | h_q, h_d | rows of `queries`, `candidates` (normalised) |
/// | τ | `temperature` |
/// | 𝒩 | terms that are neither the pair nor left out |
/// | m (Qwen3) | what `falseNegatives` leaves in |
///
/// @param temperature above 0; the paper's is 0.02
/// @param inBatchNegatives whether the other rows' positives and negatives count, as far as the
///   sources of both rows let them ([Relation#inBatchNegatives])
/// @param directions of the denominator's terms; query-to-document is always one
/// @param falseNegatives which texts are left out
/// @see <a href="https://arxiv.org/abs/2401.00368">Wang et al., 2024</a>, section 3.2, equation 2
/// @see <a href="https://arxiv.org/abs/1807.03748">van den Oord et al., Contrastive Predictive
///   Coding, 2018</a>
/// @see <a href="https://arxiv.org/abs/2308.03281">Li et al., Towards General Text Embeddings with
///   Multi-stage Contrastive Learning, 2023</a>, the improved contrastive loss
/// @see <a href="https://arxiv.org/abs/2506.05176">Zhang et al., Qwen3 Embedding, 2025</a>,
///   equation 1
public record InfoNce(
    double temperature,
    boolean inBatchNegatives,
    List<Direction> directions,
    FalseNegatives falseNegatives)
    implements Objective {

  /// @param directions in any order
  public InfoNce {
    Checks.above0("temperature", temperature);
    EnumSet<Direction> set = EnumSet.noneOf(Direction.class);
    set.addAll(directions);
    if (!set.contains(Direction.QUERY_TO_DOCUMENT) || set.size() != directions.size()) {
      throw new IllegalArgumentException(
          "directions must hold query-to-document, and none twice, is " + directions);
    }
    if (!inBatchNegatives && set.size() > 1) {
      throw new IllegalArgumentException(
          "directions beside query-to-document are in-batch negatives; set in_batch_negatives to"
              + " true");
    }
    directions = List.copyOf(set);
  }

  /// The paper's terms.
  public InfoNce(double temperature, boolean inBatchNegatives) {
    this(
        temperature,
        inBatchNegatives,
        List.of(Direction.QUERY_TO_DOCUMENT),
        FalseNegatives.defaults());
  }

  /// The paper's values.
  public static InfoNce defaults() {
    return new InfoNce(0.02, true);
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.USED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    return Checks.positive(example, "info-nce");
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    long n = vectors.queries().size(0);
    // Matrices of n rows are large where batches are, so that few of them live at a time.
    List<Tensor> parts = logits(vectors, relation);
    Tensor logits = parts.size() == 1 ? parts.getFirst() : Tensor.concatenate(parts, 1);
    double value = value(logits, n);
    // The softmax subtracts each row's maximum, so that exp(1 / 0.02) does not overflow.
    Tensor residual = logits.softmax(1);
    residual.narrow(1, 0, n).diagonal().add(-1);
    residual.timesInPlace(1 / (n * temperature));
    return new Loss(value, gradient(residual, vectors));
  }

  private static double value(Tensor logits, long n) {
    try (var _ = TensorScope.open()) {
      Tensor ofPairs = logits.logSoftmax(1).narrow(1, 0, n).diagonal();
      return -Arrays.stream(ofPairs.toDoubles()).reduce(0, Double::sum) / n;
    }
  }

  /// Scores over temperature, a matrix a direction, −∞ where a text is left out.
  private List<Tensor> logits(Vectors vectors, Relation relation) {
    var known = new KnownPositives(relation, falseNegatives);
    double[] most = new double[relation.queries().size()];
    var logits = new ArrayList<Tensor>();
    for (Direction direction : directions) {
      Tensor scores = direction.left(vectors).matmul(direction.right(vectors).t());
      float[] mask = mask(direction, relation, known, (int) scores.size(1));
      if (falseNegatives.byScore()) {
        excludeByScore(direction, scores, mask, most);
      }
      try (var _ = TensorScope.open()) {
        Tensor additive = Tensor.of(mask, scores.shape()).to(scores.dtype());
        logits.add(scores.timesInPlace(1 / temperature).add(additive));
      }
    }
    return logits;
  }

  private float[] mask(Direction direction, Relation relation, KnownPositives known, int width) {
    float[] mask = new float[relation.queries().size() * width];
    for (int i = 0; i < mask.length; i++) {
      int pair = i / width;
      int right = i % width;
      // Queries and positives have the numbers of their examples.
      int example = relation.candidates().get(right).example();
      boolean others = example != pair && !(inBatchNegatives && relation.meet(pair, example));
      mask[i] = others || known.excludes(direction, pair, right) ? Float.NEGATIVE_INFINITY : 0;
    }
    return mask;
  }

  /// @param most the highest score a negative of each pair may have; set in the first direction,
  ///   which has the pairs' own scores
  private void excludeByScore(Direction direction, Tensor scores, float[] mask, double[] most) {
    int width = (int) scores.size(1);
    boolean withPairs = direction == Direction.QUERY_TO_DOCUMENT;
    for (int pair = 0; pair < most.length; pair++) {
      double[] values = row(scores, pair);
      if (withPairs) {
        most[pair] = values[pair] + falseNegatives.margin();
      }
      for (int right = 0; right < width; right++) {
        boolean itself = withPairs && right == pair;
        if (!itself && values[right] > most[pair]) {
          mask[pair * width + right] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  private static double[] row(Tensor scores, int row) {
    try (var _ = TensorScope.open()) {
      return scores.narrow(0, row, 1).toDoubles();
    }
  }

  private Vectors gradient(Tensor residual, Vectors vectors) {
    Vectors gradient = vectors.zeros();
    long offset = 0;
    for (Direction direction : directions) {
      Tensor left = direction.left(vectors);
      Tensor right = direction.right(vectors);
      Tensor block = residual.narrow(1, offset, right.size(0));
      direction.left(gradient).addMatmul(block, right, 1);
      direction.right(gradient).addMatmul(block.t(), left, 1);
      offset += right.size(0);
    }
    return gradient;
  }
}
