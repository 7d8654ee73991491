package io.alidade.train;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.train.objective.ClassifierShape;

/// A classifier that an objective trains with the model: its values in one vector, its gradient in
/// another. It is no part of the model that comes out.
///
/// @param matrix the values that are no biases, sharing memory with them
public record TrainedClassifier(Tensor values, Tensor gradient, Tensor matrix)
    implements AutoCloseable {

  /// Before its first step: a function of the seed.
  static TrainedClassifier initial(ClassifierShape shape, DType dtype, long seed) {
    Tensor values = shape.initial(dtype, seed);
    Tensor gradient = Tensor.owned(dtype, shape.parameters()).fill(0);
    try (var scope = TensorScope.open()) {
      return new TrainedClassifier(values, gradient, scope.release(shape.matrix(values)));
    }
  }

  @Override
  public void close() {
    matrix.close();
    gradient.close();
    values.close();
  }
}
