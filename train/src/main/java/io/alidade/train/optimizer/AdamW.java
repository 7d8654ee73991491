package io.alidade.train.optimizer;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;

/// Adam with decoupled weight decay over flat vectors.
///
/// ```
/// m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
/// θ ← θ − η λ θ − η · m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε)
/// ```
///
/// @see <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, 2017</a>, algorithm 2
public final class AdamW implements AutoCloseable {
  private final OptimizerConfig config;
  private final List<Tensor> parameters;
  private final List<Tensor> decayed;
  private final List<Tensor> means;
  private final List<Tensor> squares;

  /// Decays all of the parameters.
  public AdamW(OptimizerConfig config, List<Tensor> parameters) {
    this(config, parameters, parameters);
  }

  /// @param parameters vectors, updated in place
  /// @param decayed what of them weight decay is for, sharing memory with them
  public AdamW(OptimizerConfig config, List<Tensor> parameters, List<Tensor> decayed) {
    this.config = config;
    this.parameters = List.copyOf(parameters);
    this.decayed = List.copyOf(decayed);
    this.means = parameters.stream().map(AdamW::zeros).toList();
    this.squares = parameters.stream().map(AdamW::zeros).toList();
  }

  private static Tensor zeros(Tensor like) {
    return Tensor.owned(like.dtype(), like.shape()).fill(0);
  }

  /// The running means of gradients, m: state to be saved.
  public List<Tensor> means() {
    return means;
  }

  /// The running means of squared gradients, v: state to be saved.
  public List<Tensor> squares() {
    return squares;
  }

  /// Scales the gradients down to the largest norm allowed, if there is one.
  ///
  /// @return their norm before
  public double clip(List<Tensor> gradients) {
    double norm = norm(gradients);
    double most = config.maxGradientNorm();
    if (most > 0 && norm > most) {
      gradients.forEach(vector -> vector.timesInPlace(most / (norm + 1e-6)));
    }
    return norm;
  }

  private static double norm(List<Tensor> vectors) {
    return vectors.stream().mapToDouble(Tensor::norm).reduce(0, Math::hypot);
  }

  /// One update.
  ///
  /// @param step counted from 0
  public void step(List<Tensor> gradients, int step, double learningRate) {
    decayed.forEach(values -> values.timesInPlace(1 - learningRate * config.weightDecay()));
    for (int i = 0; i < parameters.size(); i++) {
      step(i, gradients.get(i), step, learningRate);
    }
  }

  private void step(int vector, Tensor gradient, int step, double learningRate) {
    try (var _ = TensorScope.open()) {
      Tensor mean = means.get(vector);
      Tensor square = squares.get(vector);
      mean.lerpInPlace(gradient, 1 - config.beta1());
      square.timesInPlace(config.beta2()).addProduct(gradient, gradient, 1 - config.beta2());
      double meanCorrection = 1 - Math.pow(config.beta1(), step + 1);
      double squareCorrection = 1 - Math.pow(config.beta2(), step + 1);
      Tensor denominator =
          square.squareRoot().timesInPlace(1 / Math.sqrt(squareCorrection)).add(config.epsilon());
      parameters.get(vector).addQuotient(mean, denominator, -learningRate / meanCorrection);
    }
  }

  @Override
  public void close() {
    means.forEach(Tensor::close);
    squares.forEach(Tensor::close);
  }
}
