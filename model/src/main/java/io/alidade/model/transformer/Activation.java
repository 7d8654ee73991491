package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;

/// The function inside a feed-forward part.
public enum Activation {
  /// `x · σ(x)`; as a gate SwiGLU.
  SILU,
  /// GELU by its tanh approximation; as a gate GeGLU as Gemma has it.
  GELU_TANH,
  /// `x · Φ(x)`, by the error function.
  GELU,
  /// `max(0, x)`.
  RELU;

  /// The function's values, a new tensor.
  public Tensor apply(Tensor x) {
    return switch (this) {
      case SILU -> x.silu();
      case GELU_TANH -> x.geluTanh();
      case GELU -> x.gelu();
      case RELU -> x.relu();
    };
  }

  /// Writes the gradient of the function's input into `target`, which exists already.
  ///
  /// @param gradient of the function's values
  public void backward(Tensor gradient, Tensor input, Tensor target) {
    switch (this) {
      case SILU -> target.setSiluBackward(gradient, input);
      case GELU_TANH -> target.setGeluTanhBackward(gradient, input);
      case GELU -> target.setGeluBackward(gradient, input);
      case RELU -> target.setReluBackward(gradient, input);
    }
  }
}
