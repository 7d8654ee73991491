package io.alidade.model.weights;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.List;

/// The weights of one model or adapter, by name.
///
/// Names are those of Hugging Face's model without a head, such as `embed_tokens.weight`,
/// `layers.0.self_attn.q_proj.weight` and `norm.weight` of `LlamaModel`. Linear maps are `[outputs,
/// inputs]`; the rows of query and key projections are in Hugging Face's order, in which RoPE
/// rotates the first half of a head against the second.
public interface WeightSource extends AutoCloseable {

  /// What a language model has behind its last layer; a vector needs none of it.
  String OUTPUT_LAYER = "lm_head.weight";

  /// All names, in the file's order.
  List<String> names();

  /// The shape of a tensor.
  ///
  /// @throws io.alidade.core.DataException if there is no tensor of this name
  long[] shape(String name);

  /// A tensor's values, converted to `dtype`; the caller's scope, or the caller, owns it.
  ///
  /// @throws io.alidade.core.DataException if there is no tensor of this name, or its stored type
  ///   cannot be read
  Tensor tensor(String name, DType dtype);

  /// Rows of a matrix from `start` on, converted to `dtype`, `[count, columns]`, in the caller's
  /// scope. Values that lie in a file as they are asked for are not copied: the result must not be
  /// written to, and is valid until the source is closed.
  ///
  /// Sources over files read these rows only.
  ///
  /// @throws io.alidade.core.DataException as [#tensor]
  default Tensor rows(String name, long start, long count, DType dtype) {
    return tensor(name, dtype).narrow(0, start, count);
  }

  /// The hash of the file, or, for several files, of the lines `HASH NAME` that `sha256sum` prints
  /// for them in the order of their names.
  String sha256();

  /// Unmaps the files; tensors already read stay valid.
  @Override
  void close();
}
