package io.alidade.model.transformer;

import io.alidade.core.AlidadeException;
import io.alidade.model.ComputeTypes;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Arrays;

/// Weights whose shapes and values are checked as they are read: a file of another model, or one
/// with values that are no numbers, is refused by the tensor's name before it gives wrong vectors.
public record CheckedWeights(WeightSource source, ComputeTypes types) {

  /// Weights of which all are wanted in one type.
  public CheckedWeights(WeightSource source, DType dtype) {
    this(source, ComputeTypes.of(dtype));
  }

  /// The type that tensors are read in.
  public DType dtype() {
    return types.states();
  }

  /// A tensor of this shape, in the caller's scope.
  public Tensor read(String name, long... shape) {
    requireShape(name, shape);
    Tensor tensor = source.tensor(name, dtype());
    requireFinite(name, tensor);
    return tensor;
  }

  /// Rows of a matrix as [WeightSource#rows] gives them, not yet checked.
  public Tensor rows(String name, long start, long count) {
    return source.rows(name, start, count, dtype());
  }

  /// Refuses a tensor of another shape or of a type that cannot be read, without reading values.
  public void requireReadable(String name, long... shape) {
    requireShape(name, shape);
    try (var _ = TensorScope.open()) {
      rows(name, 0, 0);
    }
  }

  private void requireShape(String name, long... shape) {
    long[] found = source.shape(name);
    if (!Arrays.equals(found, shape)) {
      throw new AlidadeException(
          "%s has shape %s, the configuration asks for %s"
              .formatted(name, Arrays.toString(found), Arrays.toString(shape)));
    }
  }

  /// Refuses values that a tensor of this name cannot have.
  public void requireFinite(String name, Tensor values) {
    if (!values.allFinite()) {
      throw new AlidadeException(
          "%s holds values that are infinite or no numbers; the file is damaged, or was saved in a type too small for it"
              .formatted(name));
    }
  }
}
