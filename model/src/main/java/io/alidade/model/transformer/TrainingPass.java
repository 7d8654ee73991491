package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;

/// One forward pass in training that can be run backwards once.
public interface TrainingPass extends AutoCloseable {

  /// The hidden states that were asked for: of each sequence's last token, `[sequences, hidden]`,
  /// or of each row, `[rows, hidden]`.
  Tensor output();

  /// Adds to the gradients of what is trained, given the gradient of [#output].
  void backward(Tensor gradientOutput);

  /// Bytes that are kept for [#backward] now; they grow with the rows.
  long keptBytes();

  /// Frees what was kept for [#backward].
  @Override
  void close();
}
