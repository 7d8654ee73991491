package io.alidade.train.objective;

import io.alidade.core.Example;
import java.util.Optional;

/// AnglE for graded pairs: CoSENT's loss over the angle of vectors in complex space, whose gradient
/// does not vanish where cosines are near 1 or −1.
///
/// ```
/// z = a + ib,  w = c + id        the halves of u and v
/// s(u, v) = | Σ Re(z w̄) + Σ Im(z w̄) | / (‖u‖ ‖v‖) = | a·(c − d) + b·(c + d) |
/// L = log( 1 + Σ exp(λ (sᵢ − sⱼ)) )      over all i, j with gradeᵢ < gradeⱼ
/// ∂s/∂u = ±[c − d, c + d],   ∂s/∂v = ±[a + b, b − a]
/// ```
///
/// | paper symbol | here |
/// |---|---|
/// | X_i, X_j | rows of `queries` and of their positives (normalised) |
/// | τ | `1 / scale` |
///
/// This is the paper's third term alone, as sentence-transformers has it; the others are [CoSent]
/// and [InfoNce].
///
/// @param scale above 0; 20 as published
/// @see <a href="https://arxiv.org/abs/2309.12871">Li and Li, AnglE-optimized Text Embeddings,
///   2023</a>, section 3.4
/// @see RankedPairs
public record Angle(double scale) implements Objective {
  public Angle {
    Checks.above0("scale", scale);
  }

  /// The published scale.
  public static Angle defaults() {
    return new Angle(20);
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    if (vectors.queries().size(1) % 2 != 0) {
      throw new IllegalArgumentException(
          "vectors of %d values have no halves".formatted(vectors.queries().size(1)));
    }
    return RankedPairs.loss(PairScore.ANGLE, scale, vectors, relation);
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.UNUSED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    return Checks.graded(example, "angle");
  }
}
