package io.alidade.model.merge;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import java.util.Locale;

/// How the weights of several models become those of one, tensor by tensor.
public sealed interface Combination {

  /// How many models it takes.
  int models();

  /// The combination of tensors of one shape, in float32, in the caller's scope.
  Tensor of(List<Tensor> tensors);

  /// In a few words, for model cards.
  String describe();

  /// `Σ wᵢ θᵢ / Σ wᵢ`, over any number of models.
  ///
  /// @param weights one a model, at least 0, of which one is above 0
  /// @see <a href="https://arxiv.org/abs/2203.05482">Wortsman et al., Model soups, 2022</a>
  record Average(List<Double> weights) implements Combination {
    public Average {
      weights = List.copyOf(weights);
      double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
      boolean allowed = weights.stream().allMatch(weight -> weight >= 0);
      if (weights.size() < 2 || !allowed || !(sum > 0 && Double.isFinite(sum))) {
        throw new IllegalArgumentException(
            "weights must be two or more numbers of at least 0, one of them above 0, are "
                + weights);
      }
    }

    /// All models alike.
    public static Average equal(int models) {
      return new Average(java.util.Collections.nCopies(models, 1.0));
    }

    @Override
    public int models() {
      return weights.size();
    }

    @Override
    public Tensor of(List<Tensor> tensors) {
      double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
      Tensor result = tensors.getFirst().times(weights.getFirst() / sum);
      for (int i = 1; i < tensors.size(); i++) {
        result.add(tensors.get(i), weights.get(i) / sum);
      }
      return result;
    }

    @Override
    public String describe() {
      return "the average with weights " + weights;
    }
  }

  /// Along the arc between two models: `(sin((1−t)Ω) θ₁ + sin(tΩ) θ₂) / sin Ω`, where Ω is the
  /// angle between the two tensors taken as vectors. Where they point the same way, or one is 0,
  /// that is the straight line.
  ///
  /// @param t 0 for the first model, 1 for the second
  /// @see <a href="https://doi.org/10.1145/325334.325242">Shoemake, Animating Rotation with
  ///   Quaternion Curves, 1985</a>, section 3.3
  record Slerp(double t) implements Combination {
    /// Below this angle in radians the arc is its chord in double precision.
    private static final double STRAIGHT = 1e-6;

    public Slerp {
      if (!(t >= 0 && t <= 1)) {
        throw new IllegalArgumentException("t must be in [0, 1], is " + t);
      }
    }

    @Override
    public int models() {
      return 2;
    }

    @Override
    public Tensor of(List<Tensor> tensors) {
      Tensor first = tensors.getFirst();
      Tensor second = tensors.get(1);
      double angle = angle(first, second);
      boolean straight = angle < STRAIGHT || Math.PI - angle < STRAIGHT;
      double ofFirst = straight ? 1 - t : Math.sin((1 - t) * angle) / Math.sin(angle);
      double ofSecond = straight ? t : Math.sin(t * angle) / Math.sin(angle);
      return first.times(ofFirst).add(second, ofSecond);
    }

    /// Through the sine or cosine of its half, whichever is exact: the cosine of the whole loses
    /// angles near 0 and π.
    private static double angle(Tensor first, Tensor second) {
      double ofFirst = first.norm();
      double ofSecond = second.norm();
      if (ofFirst == 0 || ofSecond == 0) {
        return 0;
      }
      try (var _ = TensorScope.open()) {
        Tensor direction = first.times(1 / ofFirst);
        double sine = direction.copy().add(second, -1 / ofSecond).norm() / 2;
        return sine < Math.sqrt(0.5)
            ? 2 * Math.asin(sine)
            : 2 * Math.acos(Math.min(1, direction.add(second, 1 / ofSecond).norm() / 2));
      }
    }

    @Override
    public String describe() {
      return String.format(Locale.ROOT, "the point at %s of the arc from first to second", t);
    }
  }
}
