package io.alidade.model.transformer;

import io.alidade.core.AlidadeException;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.Arrays;

/// Weights whose shapes and values are checked as they are read: a file of another model, or one
/// with values that are no numbers, is refused by the tensor's name before it gives wrong vectors.
public record CheckedWeights(WeightSource source, DType dtype) {

  /// A tensor of this shape, in the caller's scope.
  public Tensor read(String name, long... shape) {
    long[] found = source.shape(name);
    if (!Arrays.equals(found, shape)) {
      throw new AlidadeException(
          "%s has shape %s, the configuration asks for %s"
              .formatted(name, Arrays.toString(found), Arrays.toString(shape)));
    }
    Tensor tensor = source.tensor(name, dtype);
    if (!tensor.allFinite()) {
      throw new AlidadeException(
          "%s holds values that are infinite or no numbers; the file is damaged, or was saved in a type too small for it"
              .formatted(name));
    }
    return tensor;
  }
}
