package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.PassTuning;
import io.alidade.tensor.Tensor;

/// Root-mean-square normalisation, `y = x / √(mean(x²) + ε) ⊙ w` along the last dimension.
///
/// @param name of its weight, such as `layers.0.input_layernorm.weight`
/// @see <a href="https://arxiv.org/abs/1910.07467">Zhang and Sennrich, RMSNorm, 2019</a>
record RmsNorm(String name, Tensor weight, double epsilon) implements AutoCloseable {

  /// Loads the weight of a module, such as `layers.0.input_layernorm`.
  static RmsNorm load(CheckedWeights weights, String module, int width, DecoderConfig.Norms norms) {
    String name = module + ".weight";
    Tensor stored = weights.read(name, width);
    Tensor weight = Tensor.owned(weights.dtype(), width).copyFrom(stored);
    return new RmsNorm(name, weight.add(norms.offset()), norms.epsilon());
  }

  /// The reciprocal root mean square of each row: `[rows, hidden]` → `[rows, 1]`.
  Tensor scales(Tensor x) {
    Tensor norms = x.norms();
    return norms.timesInPlace(norms).timesInPlace(1.0 / x.size(1)).add(epsilon).inverseSquareRoot();
  }

  Tensor forward(Tensor x) {
    return forward(x, scales(x));
  }

  Tensor forward(Tensor x, Tensor scales) {
    return x.times(scales).timesInPlace(weight);
  }

  /// Adds the gradient with respect to `x` to `gradientX`, given that of the output, and `dw = Σ
  /// s·dy ⊙ x` to that of the weight where it is trained.
  ///
  /// `dx += s·(dy ⊙ w) − x · s³/hidden · Σ(dy ⊙ w ⊙ x)`, with `s` the scales.
  ///
  /// @param gradientY overwritten
  void backward(Tensor gradientY, Tensor x, Tensor scales, Tensor gradientX, PassTuning tuning) {
    tuning
        .gradient(name)
        .ifPresent(sum -> sum.add(gradientY.times(x).timesInPlace(scales).sumFirst()));
    Tensor weighted = gradientY.timesInPlace(weight);
    Tensor dots = weighted.times(x).sumLast();
    Tensor cubes = scales.times(scales).timesInPlace(scales);
    gradientX.addProduct(weighted, scales, 1.0);
    gradientX.addProduct(x, dots.timesInPlace(cubes), -1.0 / x.size(1));
  }

  FullWeights.Weight trainable() {
    return new FullWeights.Weight(name, weight, false);
  }

  @Override
  public void close() {
    weight.close();
  }
}
