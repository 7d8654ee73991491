package io.alidade.train.objective;

import io.alidade.core.Example;
import io.alidade.core.recipe.Required;
import io.alidade.tensor.Tensor;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Another objective over the first dimensions of the vectors, for several numbers of them at once,
/// so that vectors that are cut and brought back to length 1 stay good.
///
/// ```
/// L = Σ_m c_m · L′( e_{1:m} / ‖e_{1:m}‖ )
/// ∂L/∂e_{1:m} += c_m (g − u (u·g)) / ‖e_{1:m}‖        u the cut vector at length 1, g = ∂L′/∂u
/// ```
///
/// | paper symbol | here |
/// |---|---|
/// | 𝓜 | `dims` |
/// | c_m | `weights` |
/// | 𝓛 | `objective` |
///
/// @param objective any but this and those with a classifier
/// @param dims how many dimensions; the model's own number too if vectors are to be used whole
/// @param weights one a number of dimensions; none for 1 each
/// @see <a href="https://arxiv.org/abs/2205.13147">Kusupati et al., Matryoshka Representation
///   Learning, 2022</a>, equation 1
public record Matryoshka(Objective objective, @Required List<Integer> dims, List<Double> weights)
    implements Objective {

  public Matryoshka {
    dims = List.copyOf(dims);
    weights = List.copyOf(weights);
    require(
        !(objective instanceof Matryoshka || objective instanceof Softmax),
        "objective must be one of vectors of any width, neither matryoshka nor softmax");
    require(
        !dims.isEmpty()
            && dims.stream().allMatch(dim -> dim >= 1)
            && new HashSet<>(dims).size() == dims.size(),
        "dims must be numbers of dimensions of at least 1, none of them twice, is " + dims);
    require(
        !(objective instanceof Angle) || dims.stream().allMatch(dim -> dim % 2 == 0),
        "dims must be even for objective angle, which halves vectors, is " + dims);
    require(
        weights.isEmpty() || weights.size() == dims.size(),
        "weights must be as many as dims, %d, is %s".formatted(dims.size(), weights));
    require(
        weights.stream().allMatch(weight -> weight > 0), "weights must be above 0, is " + weights);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /// InfoNCE at equal weights; the dimensions are for the recipe to say.
  public static Matryoshka defaults() {
    return new Matryoshka(InfoNce.defaults(), List.of(64), List.of());
  }

  /// The largest number of dimensions.
  public int widest() {
    return Collections.max(dims);
  }

  @Override
  public Loss compute(Vectors vectors, Relation relation) {
    Vectors gradient = vectors.zeros();
    double value = 0;
    for (int i = 0; i < dims.size(); i++) {
      double weight = weights.isEmpty() ? 1 : weights.get(i);
      Cut queries = Cut.of(vectors.queries(), dims.get(i));
      Cut candidates = Cut.of(vectors.candidates(), dims.get(i));
      Loss loss = objective.compute(Vectors.of(queries.unit, candidates.unit), relation);
      value += weight * loss.value();
      queries.addGradient(loss.gradient().queries(), weight, gradient.queries());
      candidates.addGradient(loss.gradient().candidates(), weight, gradient.candidates());
    }
    return new Loss(value, gradient);
  }

  /// The first dimensions of vectors.
  ///
  /// @param unit at length 1, `[rows, dims]`
  /// @param norms their lengths before, `[rows, 1]`
  private record Cut(Tensor unit, Tensor norms) {
    static Cut of(Tensor vectors, int dims) {
      Tensor first = vectors.narrow(1, 0, dims);
      Tensor norms = first.norms();
      return new Cut(first.times(norms.inverse()), norms);
    }

    void addGradient(Tensor ofUnit, double weight, Tensor target) {
      Tensor along = ofUnit.times(unit).sumLast();
      Tensor gradient = ofUnit.minus(unit.times(along)).timesInPlace(norms.inverse());
      target.narrow(1, 0, unit.size(1)).add(gradient, weight);
    }
  }

  @Override
  public HardNegatives hardNegatives() {
    return objective.hardNegatives();
  }

  @Override
  public Optional<String> refusal(Example example) {
    return objective.refusal(example);
  }
}
