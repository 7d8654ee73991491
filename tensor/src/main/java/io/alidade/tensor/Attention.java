package io.alidade.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorOptional;
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

  /// Gradients of the three inputs.
  public record Gradients(Tensor query, Tensor key, Tensor value) {}

  public static Tensor forward(Tensor query, Tensor key, Tensor value, Mask mask, Scoring scoring) {
    return new Tensor(attend(query.handle(), key.handle(), value.handle(), mask, scoring));
  }

  /// The gradients of the inputs, given that of the output. The forward pass is computed again: for
  /// the short texts of training that is cheaper than keeping what it would need.
  public static Gradients backward(
      Tensor query, Tensor key, Tensor value, Mask mask, Scoring scoring, Tensor gradient) {
    var q = leaf(query);
    var k = leaf(key);
    var v = leaf(value);
    attend(q, k, v, mask, scoring)
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

  private static org.bytedeco.pytorch.Tensor attend(
      org.bytedeco.pytorch.Tensor query,
      org.bytedeco.pytorch.Tensor key,
      org.bytedeco.pytorch.Tensor value,
      Mask mask,
      Scoring scoring) {
    if (scoring.cap() > 0) {
      return capped(query, key, value, mask, scoring);
    }
    Optional<Tensor> scores =
        mask instanceof Mask.Additive(Tensor tensor) ? Optional.of(tensor) : Optional.empty();
    return torch.scaled_dot_product_attention(
        query,
        key,
        value,
        scores.map(s -> new TensorOptional(s.handle())).orElseGet(TensorOptional::new),
        0.0,
        mask instanceof Mask.Causal,
        new DoubleOptional(scoring.scale()),
        true);
  }

  /// The fused kernel knows no cap, so that this one is written out.
  private static org.bytedeco.pytorch.Tensor capped(
      org.bytedeco.pytorch.Tensor query,
      org.bytedeco.pytorch.Tensor key,
      org.bytedeco.pytorch.Tensor value,
      Mask mask,
      Scoring scoring) {
    long group = query.size(1) / key.size(1);
    var keys = key.repeat_interleave(group, new LongOptional(1), new LongOptional());
    var values = value.repeat_interleave(group, new LongOptional(1), new LongOptional());
    var products = torch.matmul(query, keys.transpose(-2, -1));
    var scaled = torch.mul(products, new Scalar(scoring.scale() / scoring.cap()));
    var scores = torch.mul(torch.tanh(scaled), new Scalar(scoring.cap()));
    var masked =
        switch (mask) {
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
