package io.alidade.train.objective;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.SplittableRandom;

/// The size of a linear classifier that is trained with a model and left behind afterwards. Its
/// values lie in one vector: the matrix `[classes, inputs]`, then a bias a class.
public record ClassifierShape(int classes, int inputs) {

  /// Values of matrix and bias.
  public long parameters() {
    return matrixValues() + classes;
  }

  /// Values of the matrix, which come first.
  public long matrixValues() {
    return (long) classes * inputs;
  }

  /// Values before the first step, uniform up to `1/√inputs`: a function of the seed. The caller
  /// owns them.
  public Tensor initial(DType dtype, long seed) {
    var random = new SplittableRandom(seed);
    double bound = 1 / Math.sqrt(inputs);
    double[] values = random.doubles(parameters(), -bound, bound).toArray();
    Tensor result = Tensor.owned(dtype, parameters());
    try (var _ = TensorScope.open()) {
      return result.copyFrom(Tensor.of(values, parameters()));
    }
  }

  /// The matrix within such a vector, sharing memory.
  public Tensor matrix(Tensor values) {
    return values.narrow(0, 0, matrixValues()).view(classes, inputs);
  }

  /// The bias within such a vector, sharing memory.
  Tensor bias(Tensor values) {
    return values.narrow(0, matrixValues(), classes);
  }
}
