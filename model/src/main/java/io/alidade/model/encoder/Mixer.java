package io.alidade.model.encoder;

import io.alidade.model.LayerAttention;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.transformer.Activation;
import io.alidade.model.transformer.AttentionHeads;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.PackedAttention;
import io.alidade.model.transformer.RotaryEmbedding;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What stands between the two linear maps of a block. It has no weights.
sealed interface Mixer {

  /// What came out, `[rows, outputs]`, and what else [#backward] needs.
  record Mixed(Tensor output, List<Tensor> kept) {
    public Mixed {
      kept = List.copyOf(kept);
    }

    List<Tensor> tensors() {
      var tensors = new ArrayList<>(kept);
      tensors.add(output);
      return tensors;
    }
  }

  /// `[rows, inputs]` → `[rows, outputs]`.
  ///
  /// @param wide may be changed in place; [#backward] wants it as it is then
  Mixed forward(Tensor wide, Batch batch);

  /// The gradient of what [#forward] was given, given that of its result.
  Tensor backward(Tensor wide, Mixed mixed, Tensor gradient, Batch batch);

  /// Rows meet: attention over queries, keys and values that lie side by side.
  record Attention(PackedAttention attention, Optional<RopeConfig> rope) implements Mixer {

    static Attention of(AttentionHeads heads, LayerAttention layer) {
      return new Attention(new PackedAttention(heads, layer.window()), layer.rope());
    }

    @Override
    public Mixed forward(Tensor wide, Batch batch) {
      rotations(batch).ifPresent(turns -> rotate(wide, turns));
      PackedAttention.Attended attended = attention.forward(wide, batch.plan());
      return new Mixed(attended.rows(), attended.logSums());
    }

    @Override
    public Tensor backward(Tensor wide, Mixed mixed, Tensor gradient, Batch batch) {
      var attended = new PackedAttention.Attended(mixed.output, mixed.kept);
      Tensor result = attention.backward(wide, attended, gradient, batch.plan());
      rotations(batch).ifPresent(turns -> rotate(result, turns.conjugate()));
      return result;
    }

    private Optional<Tensor> rotations(Batch batch) {
      return rope.map(batch.rotations()::get);
    }

    /// Queries and keys, which are as wide, in one.
    private void rotate(Tensor wide, Tensor turns) {
      AttentionHeads heads = attention.shape();
      Tensor turned = wide.narrow(1, 0, heads.queryWidth() + heads.keyWidth());
      RotaryEmbedding.rotate(turned, turns, heads.headDim());
    }
  }

  /// Each row alone: `activation(a)`.
  record Plain(Activation activation) implements Mixer {

    @Override
    public Mixed forward(Tensor wide, Batch batch) {
      return new Mixed(activation.apply(wide), List.of());
    }

    @Override
    public Tensor backward(Tensor wide, Mixed mixed, Tensor gradient, Batch batch) {
      Tensor result = Tensor.empty(wide.dtype(), wide.shape());
      activation.backward(gradient, wide, result);
      return result;
    }
  }

  /// Each row alone: `activation(a) ⊙ b` of its halves `a` and `b`.
  record Gated(Activation activation) implements Mixer {

    @Override
    public Mixed forward(Tensor wide, Batch batch) {
      Tensor gated = activation.apply(half(wide, 0)).timesInPlace(half(wide, 1));
      return new Mixed(gated, List.of());
    }

    @Override
    public Tensor backward(Tensor wide, Mixed mixed, Tensor gradient, Batch batch) {
      Tensor result = Tensor.empty(wide.dtype(), wide.shape());
      half(result, 1).setProduct(gradient, activation.apply(half(wide, 0)));
      activation.backward(gradient.times(half(wide, 1)), half(wide, 0), half(result, 0));
      return result;
    }

    private static Tensor half(Tensor wide, int which) {
      long width = wide.size(1) / 2;
      return wide.narrow(1, which * width, width);
    }
  }
}
