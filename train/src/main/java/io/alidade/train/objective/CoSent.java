package io.alidade.train.objective;

import io.alidade.core.Example;
import java.util.Optional;

/// CoSENT for graded pairs: the cosines of a batch should be in the order of its grades, whatever
/// the grades' scale.
///
/// ```
/// L = log( 1 + Σ exp(λ (cos(uᵢ, vᵢ) − cos(uⱼ, vⱼ))) )      over all i, j with gradeᵢ < gradeⱼ
/// ∂L/∂uᵢ = ∂L/∂sᵢ · vᵢ,   ∂L/∂vᵢ = ∂L/∂sᵢ · uᵢ
/// ```
///
/// | symbol of the source | here |
/// |---|---|
/// | u, v | rows of `queries` and of their positives (normalised) |
/// | λ | `scale` |
/// | sim(i, j) > sim(k, l) | the pairs' [io.alidade.core.Annotation#score] |
///
/// @param scale above 0; 20 as published
/// @see <a href="https://kexue.fm/archives/8847">Su, CoSENT: a more efficient sentence vector
///   scheme than Sentence-BERT, 2022</a>
/// @see RankedPairs
public record CoSent(double scale) implements Objective {
  public CoSent {
    Checks.above0("scale", scale);
  }

  /// The published scale.
  public static CoSent defaults() {
    return new CoSent(20);
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    return RankedPairs.loss(PairScore.COSINE, scale, vectors, relation);
  }

  @Override
  public HardNegatives hardNegatives() {
    return HardNegatives.UNUSED;
  }

  @Override
  public Optional<String> refusal(Example example) {
    return Checks.graded(example, "co-sent");
  }
}
