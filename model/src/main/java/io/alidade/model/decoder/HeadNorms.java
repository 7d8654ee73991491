package io.alidade.model.decoder;

import io.alidade.model.transformer.PassTuning;
import io.alidade.tensor.Tensor;
import java.util.List;

/// Root-mean-square normalisation of each head of queries and keys, before their rotation (Qwen 3,
/// Gemma 3).
///
/// @see <a href="https://arxiv.org/abs/2302.05442">Dehghani et al., 2023</a>, section 2
record HeadNorms(RmsNorm query, RmsNorm key) implements AutoCloseable {

  /// What the backward pass needs of one of the two: the heads before, `[rows · heads, headDim]`,
  /// and their scales.
  record Saved(Tensor heads, Tensor scales) {
    List<Tensor> tensors() {
      return List.of(heads, scales);
    }
  }

  /// Normalises `[rows, heads · headDim]`, possibly a strided view, in place.
  static Saved apply(RmsNorm norm, Tensor states) {
    Tensor heads = heads(norm, states);
    Tensor scales = norm.scales(heads);
    states.copyFrom(norm.forward(heads, scales).view(states.size(0), states.size(1)));
    return new Saved(heads, scales);
  }

  /// Turns the gradient of the normalised states into that of the states, in place.
  static void backward(RmsNorm norm, Tensor gradient, Saved saved, PassTuning tuning) {
    Tensor result = Tensor.zeros(gradient.dtype(), saved.heads().shape());
    norm.backward(heads(norm, gradient), saved.heads(), saved.scales(), result, tuning);
    gradient.copyFrom(result.view(gradient.size(0), gradient.size(1)));
  }

  /// A copy, one head a row.
  private static Tensor heads(RmsNorm norm, Tensor states) {
    long headDim = norm.weight().size(0);
    Tensor copy = Tensor.empty(states.dtype(), states.shape()).copyFrom(states);
    return copy.view(states.size(0) * states.size(1) / headDim, headDim);
  }

  @Override
  public void close() {
    query.close();
    key.close();
  }
}
