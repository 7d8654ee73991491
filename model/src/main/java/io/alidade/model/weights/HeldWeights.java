package io.alidade.model.weights;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.List;
import java.util.SequencedMap;

/// Weights that lie in memory already; each use gets a copy.
///
/// @param tensors by name; they stay their owner's
public record HeldWeights(SequencedMap<String, Tensor> tensors) implements WeightSource {

  @Override
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  @Override
  public long[] shape(String name) {
    return get(name).shape();
  }

  @Override
  public Tensor tensor(String name, DType dtype) {
    return get(name).copy().to(dtype);
  }

  private Tensor get(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("there is no tensor " + name);
    }
    return tensor;
  }

  /// Of no file.
  @Override
  public String sha256() {
    return "";
  }

  @Override
  public void close() {}
}
