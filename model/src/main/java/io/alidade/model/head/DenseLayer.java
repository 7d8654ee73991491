package io.alidade.model.head;

import io.alidade.tensor.Tensor;
import java.util.Optional;

/// A linear layer behind pooling, as sentence-transformers' `Dense`: `activation(W x + b)`.
///
/// @param weight `[outputs, inputs]`
/// @param bias `[outputs]`
public record DenseLayer(Tensor weight, Optional<Tensor> bias, Activation activation)
    implements AutoCloseable {

  /// What follows the linear map.
  public enum Activation {
    IDENTITY,
    TANH,
    RELU
  }

  /// `[texts, inputs]` → `[texts, outputs]`.
  Tensor forward(Tensor vectors) {
    Tensor linear = vectors.matmul(weight.t());
    bias.ifPresent(linear::add);
    return switch (activation) {
      case IDENTITY -> linear;
      case TANH -> linear.tanh();
      case RELU -> linear.relu();
    };
  }

  @Override
  public void close() {
    weight.close();
    bias.ifPresent(Tensor::close);
  }
}
