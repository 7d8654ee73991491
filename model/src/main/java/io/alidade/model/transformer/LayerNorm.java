package io.alidade.model.transformer;

import io.alidade.model.EncoderConfig;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Layer normalisation, `y = (x − mean(x)) / √(var(x) + ε) ⊙ w + b` along the last dimension.
///
/// @param name of its module, such as `embeddings.LayerNorm`
/// @param weight `[hidden]`
/// @param bias `[hidden]`, where the family has one
/// @see <a href="https://arxiv.org/abs/1607.06450">Ba et al., Layer Normalization, 2016</a>
public record LayerNorm(String name, Tensor weight, Optional<Tensor> bias, double epsilon)
    implements AutoCloseable {
  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /// Loads the norm of a module.
  public static LayerNorm load(
      CheckedWeights weights, String name, int width, EncoderConfig.Norms norms) {
    return new LayerNorm(
        name,
        vector(weights, name + WEIGHT, width),
        norms.bias() ? Optional.of(vector(weights, name + BIAS, width)) : Optional.empty(),
        norms.epsilon());
  }

  private static Tensor vector(CheckedWeights weights, String name, int width) {
    return Tensor.owned(weights.dtype(), width).copyFrom(weights.read(name, width));
  }

  public Tensor forward(Tensor x) {
    return x.layerNorm(weight, bias, epsilon);
  }

  /// The gradient of `x`, given that of the output.
  ///
  /// `dx = s · (g − mean(g) − x̂ · mean(g ⊙ x̂))`, with `g = dy ⊙ w`, `x̂` the normalised rows and
  /// `s` their scales, which are computed again.
  public Tensor backward(Tensor gradientY, Tensor x) {
    return backward(gradientY, Rows.of(x, epsilon), Optional.empty(), Optional.empty());
  }

  /// As [#backward(Tensor, Tensor)] of a norm that is trained itself.
  ///
  /// @param gradients whose weight and bias, `dw = Σ dy ⊙ x̂` and `db = Σ dy`, are added to
  public Tensor backward(Tensor gradientY, Tensor x, LayerNorm gradients) {
    return backward(gradientY, Rows.of(x, epsilon), Optional.of(gradients.weight), gradients.bias);
  }

  /// As [#backward(Tensor, Tensor)] of a norm that is trained where a pass says so.
  public Tensor backward(Tensor gradientY, Tensor x, PassTuning tuning) {
    return backward(
        gradientY,
        Rows.of(x, epsilon),
        tuning.gradient(name + WEIGHT),
        tuning.gradient(name + BIAS));
  }

  private Tensor backward(
      Tensor gradientY, Rows rows, Optional<Tensor> ofWeight, Optional<Tensor> ofBias) {
    ofWeight.ifPresent(sum -> sum.add(gradientY.times(rows.normed).sumFirst()));
    ofBias.ifPresent(sum -> sum.add(gradientY.sumFirst()));
    double inverse = 1.0 / gradientY.size(1);
    Tensor result = gradientY.times(weight);
    Tensor along = result.times(rows.normed).sumLast().timesInPlace(inverse);
    Tensor mean = result.sumLast().timesInPlace(inverse);
    result.add(mean, -1.0).addProduct(rows.normed, along, -1.0);
    return result.timesInPlace(rows.scales);
  }

  /// The rows of an input, normalised, and what they were multiplied by.
  private record Rows(Tensor normed, Tensor scales) {
    static Rows of(Tensor x, double epsilon) {
      double inverse = 1.0 / x.size(1);
      Tensor normed = x.minus(x.sumLast().timesInPlace(inverse));
      Tensor variance = normed.times(normed).sumLast().timesInPlace(inverse);
      Tensor scales = variance.add(epsilon).inverseSquareRoot();
      return new Rows(normed.timesInPlace(scales), scales);
    }
  }

  /// Its trainable weights; they belong to the norm.
  public List<FullWeights.Weight> trainable() {
    var weights = new ArrayList<FullWeights.Weight>();
    weights.add(new FullWeights.Weight(name + WEIGHT, weight, false));
    bias.ifPresent(values -> weights.add(new FullWeights.Weight(name + BIAS, values, false)));
    return weights;
  }

  /// Puts its values under their names.
  public void store(Map<String, Tensor> target) {
    target.put(name + WEIGHT, weight);
    bias.ifPresent(values -> target.put(name + BIAS, values));
  }

  @Override
  public void close() {
    weight.close();
    bias.ifPresent(Tensor::close);
  }
}
