package io.alidade.train.optimizer;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;

/// Adam with decoupled weight decay over one flat vector.
///
/// ```
/// m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
/// θ ← θ − η λ θ − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
/// ```
///
/// @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, 2017</a>, algorithm 2
public final class AdamW implements AutoCloseable {
  private final OptimizerConfig config;
  private final Tensor parameters;
  private final Tensor mean;
  private final Tensor square;

  /// @param parameters `[count]`, updated in place
  public AdamW(OptimizerConfig config, Tensor parameters) {
    this.config = config;
    this.parameters = parameters;
    this.mean = Tensor.owned(parameters.dtype(), parameters.shape()).fill(0);
    this.square = Tensor.owned(parameters.dtype(), parameters.shape()).fill(0);
  }

  /// The running mean of gradients, m: state to be saved.
  public Tensor mean() {
    return mean;
  }

  /// The running mean of squared gradients, v: state to be saved.
  public Tensor square() {
    return square;
  }

  /// Scales the gradients down to the largest norm allowed, if there is one.
  ///
  /// @return their norm before
  public double clip(Tensor gradients) {
    double norm = gradients.norm();
    double most = config.maxGradientNorm();
    if (most > 0 && norm > most) {
      gradients.timesInPlace(most / (norm + 1e-6));
    }
    return norm;
  }

  /// One update.
  ///
  /// @param step counted from 0
  public void step(Tensor gradients, int step, double learningRate) {
    try (var _ = TensorScope.open()) {
      mean.lerpInPlace(gradients, 1 - config.beta1());
      square.timesInPlace(config.beta2()).addProduct(gradients, gradients, 1 - config.beta2());
      double meanCorrection = 1 - Math.pow(config.beta1(), step + 1);
      double squareCorrection = 1 - Math.pow(config.beta2(), step + 1);
      Tensor denominator =
          square.squareRoot().timesInPlace(1 / Math.sqrt(squareCorrection)).add(config.epsilon());
      parameters.timesInPlace(1 - learningRate * config.weightDecay());
      parameters.addQuotient(mean, denominator, -learningRate / meanCorrection);
    }
  }

  @Override
  public void close() {
    mean.close();
    square.close();
  }
}
