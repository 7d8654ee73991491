package io.alidade.tensor;

import java.util.Optional;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/// Scaled dot-product attention, `softmax(q kᵀ / √headDim + mask) v`, by libtorch's fused kernel.
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

  /// Gradients of the three inputs.
  public record Gradients(Tensor query, Tensor key, Tensor value) {}

  public static Tensor forward(Tensor query, Tensor key, Tensor value, Mask mask) {
    return new Tensor(attend(query.handle(), key.handle(), value.handle(), mask));
  }

  /// The gradients of the inputs, given that of the output. The forward pass is computed again: for
  /// the short texts of training that is cheaper than keeping what it would need.
  public static Gradients backward(
      Tensor query, Tensor key, Tensor value, Mask mask, Tensor gradient) {
    var q = leaf(query);
    var k = leaf(key);
    var v = leaf(value);
    attend(q, k, v, mask)
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
      Mask mask) {
    Optional<Tensor> scores =
        mask instanceof Mask.Additive(Tensor tensor) ? Optional.of(tensor) : Optional.empty();
    return torch.scaled_dot_product_attention(
        query,
        key,
        value,
        scores.map(s -> new TensorOptional(s.handle())).orElseGet(TensorOptional::new),
        0.0,
        mask instanceof Mask.Causal,
        new DoubleOptional(),
        true);
  }
}
