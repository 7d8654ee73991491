package io.alidade.core;

import java.util.List;

/// Anything that maps texts to vectors: a model folder, an ONNX encoder, a server.
///
/// Vectors are L2-normalised, so that the dot product of two is their cosine similarity. The vector
/// of a text does not depend on the texts it is embedded with. Implementations may be called from
/// several threads; they may serialise the work.
public interface Embedder extends AutoCloseable {

  /// A name for people and result files, such as `HuggingFaceTB/SmolLM2-135M-Instruct`.
  String name();

  /// The length of each vector.
  int dimensions();

  /// The vectors of the inputs, in their order: `[inputs, dimensions]`.
  float[][] embed(List<TextInput> inputs);

  /// Frees what the embedder holds; it must not be used afterwards.
  @Override
  void close();
}
