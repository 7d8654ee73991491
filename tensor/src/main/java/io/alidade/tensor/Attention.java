package io.alidade.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/// Scaled dot-product attention, `softmax(scale · q kᵀ + mask) v`, by libtorch's fused kernel.
///
/// Shapes: query `[batch, heads, tokens, headDim]`, key and value `[batch, keyHeads, keys,
/// headDim]`, where `heads` is a multiple of `keyHeads` and each key head serves a group of query
/// heads.
///
/// @see <a href="https://arxiv.org/abs/2305.13245">Ainslie et al., GQA, 2023</a>
public final class Attention {
  private Attention() {}

  /// What a query may see.
  public sealed interface Mask {
    /// Every query sees every key.
    record None() implements Mask {}

    /// Query `i` sees keys `0…i`.
    record Causal() implements Mask {}

    /// The tensor is added to the scores: 0 where a key is seen, −∞ where not; any shape that
    /// broadcasts to `[batch, heads, tokens, keys]`.
    record Additive(Tensor scores) implements Mask {}
  }

  /// How products of query and key become scores.
  ///
  /// @param scale their factor, mostly `1/√headDim`
  /// @param cap scores pass through `cap · tanh(score / cap)`; 0 for none
  public record Scoring(double scale, double cap) {}

  /// Who asks whom, and how; shapes as above.
  public record Inputs(Tensor query, Tensor key, Tensor value, Mask mask, Scoring scoring) {}

  /// The output, and what [#backward] needs beside the inputs.
  ///
  /// @param output `[batch, heads, tokens, headDim]`
  /// @param logSums the logarithm of each softmax's denominator, `[batch, heads, tokens]`; nothing
  ///   where scores have a cap, which the kernel does not know
  public record Attended(Tensor output, Optional<Tensor> logSums) {}

  /// Gradients of the three inputs.
  public record Gradients(Tensor query, Tensor key, Tensor value) {}

  public static Attended forward(Inputs inputs) {
    if (inputs.scoring.cap() > 0) {
      var output =
          capped(inputs, inputs.query.handle(), inputs.key.handle(), inputs.value.handle());
      return new Attended(new Tensor(output), Optional.empty());
    }
    return FusedAttention.forward(inputs);
  }

  /// The gradients of the inputs, given that of the output. With a cap the forward pass is computed
  /// again.
  ///
  /// @param attended what [#forward] gave
  public static Gradients backward(Inputs inputs, Attended attended, Tensor gradient) {
    return attended
        .logSums()
        .map(logSums -> FusedAttention.backward(inputs, attended.output(), logSums, gradient))
        .orElseGet(() -> backwardCapped(inputs, gradient));
  }

  /// The gradients where nothing was kept of the forward pass.
  public static Gradients backward(Inputs inputs, Tensor gradient) {
    return backward(inputs, forward(inputs), gradient);
  }

  private static Gradients backwardCapped(Inputs inputs, Tensor gradient) {
    var q = leaf(inputs.query);
    var k = leaf(inputs.key);
    var v = leaf(inputs.value);
    capped(inputs, q, k, v)
        .backward(
            gradient.handle(),
            new org.bytedeco.pytorch.BoolOptional(),
            false,
            new org.bytedeco.pytorch.TensorArrayRefOptional());
    return new Gradients(new Tensor(q.grad()), new Tensor(k.grad()), new Tensor(v.grad()));
  }

  private static org.bytedeco.pytorch.Tensor leaf(Tensor tensor) {
    return tensor.handle().detach().__dispatch_requires_grad_(true);
  }

  /// The fused kernel knows no cap, so that this one is written out. The three come beside the
  /// inputs, since they may be such as record a gradient.
  private static org.bytedeco.pytorch.Tensor capped(
      Inputs inputs,
      org.bytedeco.pytorch.Tensor query,
      org.bytedeco.pytorch.Tensor key,
      org.bytedeco.pytorch.Tensor value) {
    Scoring scoring = inputs.scoring;
    long group = query.size(1) / key.size(1);
    var keys = key.repeat_interleave(group, new LongOptional(1), new LongOptional());
    var values = value.repeat_interleave(group, new LongOptional(1), new LongOptional());
    var products = torch.matmul(query, keys.transpose(-2, -1));
    var scaled = torch.mul(products, new Scalar(scoring.scale() / scoring.cap()));
    var scores = torch.mul(torch.tanh(scaled), new Scalar(scoring.cap()));
    var masked =
        switch (inputs.mask) {
          case Mask.None _ -> scores;
          case Mask.Causal _ -> torch.add(scores, causal(query, key));
          case Mask.Additive(Tensor added) -> torch.add(scores, added.handle());
        };
    return torch.matmul(torch.softmax(masked, -1), values);
  }

  /// −∞ where a key lies behind the query: `[tokens, keys]`.
  private static org.bytedeco.pytorch.Tensor causal(
      org.bytedeco.pytorch.Tensor query, org.bytedeco.pytorch.Tensor key) {
    long[] shape = {query.size(2), key.size(2)};
    var hidden = torch.full(shape, new Scalar(Double.NEGATIVE_INFINITY), query.options());
    return hidden.triu(1);
  }
}
