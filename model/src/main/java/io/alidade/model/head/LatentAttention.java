package io.alidade.model.head;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;

/// A layer between the states of a text's tokens and their pooling: each state asks a trained
/// dictionary of latents, and what it is given goes through a gated feed-forward part.
///
/// ```
/// O = H + softmax(Q Kᵀ / √d) V · Wₒ,    Q = norm(H) W_q,   [K, V] = norm(L) W_kv
/// Y = O + MLP(norm(O)),                 MLP(x) = (a ⊙ GELU(b)) W₂ + b₂,   [a, b] = x W₁ + b₁
/// ```
///
/// | paper symbol | here |
/// |---|---|
/// | Q, `l × d` | the states of `l` tokens, before their projection |
/// | K = V, `r × d` | `latents` |
/// | h | `heads` |
///
/// The residuals, norms and projections are those of the published models, which the paper does not
/// write out; names and shapes of the weights are theirs too. What is read of a model may be used
/// from several threads.
///
/// @see <a href="https://arxiv.org/abs/2405.17428">Lee et al., NV-Embed, 2024</a>, section 3.1
public final class LatentAttention implements AutoCloseable {
  private final LatentLayer layer;

  /// The latents' keys and values, which no text changes.
  private final Tensor keyValue;

  /// The layer owns the weights from now on.
  public LatentAttention(LatentWeights weights) {
    this.layer = new LatentLayer(weights);
    try (var scope = TensorScope.open()) {
      this.keyValue = scope.release(layer.keyValue());
    }
  }

  public LatentShape shape() {
    return layer.weights().shape();
  }

  /// `[rows, hidden]` → `[rows, hidden]`, each row by itself.
  public Tensor forward(Tensor states) {
    try (var scope = TensorScope.open()) {
      return scope.keep(layer.forward(states, keyValue).output());
    }
  }

  @Override
  public void close() {
    keyValue.close();
    layer.weights().close();
  }
}
