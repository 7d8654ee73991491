package io.alidade.model.weights;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.List;

/// placeholder
public interface WeightSource extends AutoCloseable {
  List<String> names();

  long[] shape(String name);

  Tensor tensor(String name, DType dtype);

  String sha256();

  @Override
  void close();
}
