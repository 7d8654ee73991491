package io.alidade.model.weights;

import java.util.List;

/// What a GGUF file says of its content: one that exists, or one that is to be written.
public interface GgufHeader {

  GgufMetadata metadata();

  /// The tensors' names in the file's order.
  List<String> names();

  /// The shape of a tensor, slowest dimension first.
  long[] shape(String name);

  /// The values of a small tensor, such as factors of RoPE.
  double[] values(String name);
}
