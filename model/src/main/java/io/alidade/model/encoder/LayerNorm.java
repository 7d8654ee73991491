package io.alidade.model.encoder;

import io.alidade.model.EncoderConfig;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// Layer normalisation, `y = (x − mean(x)) / √(var(x) + ε) ⊙ w + b` along the last dimension.
///
/// @param name of its module, such as `embeddings.LayerNorm`
/// @param weight `[hidden]`
/// @param bias `[hidden]`, where the family has one
/// @see <a href="https://arxiv.org/abs/1607.06450">Ba et al., Layer Normalization, 2016</a>
record LayerNorm(String name, Tensor weight, Optional<Tensor> bias, double epsilon)
    implements AutoCloseable {

  static LayerNorm load(CheckedWeights weights, String name, int width, EncoderConfig.Norms norms) {
    return new LayerNorm(
        name,
        vector(weights, name + ".weight", width),
        norms.bias() ? Optional.of(vector(weights, name + ".bias", width)) : Optional.empty(),
        norms.epsilon());
  }

  private static Tensor vector(CheckedWeights weights, String name, int width) {
    return Tensor.owned(weights.dtype(), width).copyFrom(weights.read(name, width));
  }

  Tensor forward(Tensor x) {
    return x.layerNorm(weight, bias, epsilon);
  }

  /// The gradient of `x`, given that of the output.
  ///
  /// `dx = s · (g − mean(g) − x̂ · mean(g ⊙ x̂))`, with `g = dy ⊙ w`, `x̂` the normalised rows and
  /// `s` their scales, which are computed again.
  Tensor backward(Tensor gradientY, Tensor x) {
    double inverse = 1.0 / x.size(1);
    Tensor normed = x.minus(x.sumLast().timesInPlace(inverse));
    Tensor variance = normed.times(normed).sumLast().timesInPlace(inverse);
    Tensor scales = variance.add(epsilon).inverseSquareRoot();
    normed.timesInPlace(scales);
    Tensor result = gradientY.times(weight);
    Tensor along = result.times(normed).sumLast().timesInPlace(inverse);
    Tensor mean = result.sumLast().timesInPlace(inverse);
    result.add(mean, -1.0).addProduct(normed, along, -1.0);
    return result.timesInPlace(scales);
  }

  void store(Map<String, Tensor> target) {
    target.put(name + ".weight", weight);
    bias.ifPresent(values -> target.put(name + ".bias", values));
  }

  @Override
  public void close() {
    weight.close();
    bias.ifPresent(Tensor::close);
  }
}
