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
    RELU,
    /// By the error function, as torch's class is without arguments.
    GELU,
    SILU,
    SIGMOID;

    Tensor apply(Tensor x) {
      return switch (this) {
        case IDENTITY -> x;
        case TANH -> x.tanh();
        case RELU -> x.relu();
        case GELU -> x.gelu();
        case SILU -> x.silu();
        case SIGMOID -> x.sigmoid();
      };
    }
  }

  /// `[texts, inputs]` → `[texts, outputs]`.
  Tensor forward(Tensor vectors) {
    Tensor linear = vectors.matmul(weight.t());
    bias.ifPresent(linear::add);
    return activation.apply(linear);
  }

  @Override
  public void close() {
    weight.close();
    bias.ifPresent(Tensor::close);
  }
}
