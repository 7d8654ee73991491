package io.alidade.model.decoder;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.Dropout;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// One transformer layer: attention and feed-forward half, each behind a normalisation and added to
/// the residual stream.
record DecoderLayer(SelfAttention attention, GatedMlp mlp) implements AutoCloseable {

  /// The adapters of this layer's four fused maps.
  record Adapters(SelfAttention.Adapters attention, GatedMlp.Adapters mlp) {

    static Adapters of(DecoderLayer layer, LoraAdapter lora, Dropout dropout, int index) {
      return new Adapters(
          new SelfAttention.Adapters(
              layer.attention.queryKeyValue().adapted(lora, dropout.at(4 * index)),
              layer.attention.output().linear().adapted(lora, dropout.at(4 * index + 1))),
          new GatedMlp.Adapters(
              layer.mlp.gateUp().adapted(lora, dropout.at(4 * index + 2)),
              layer.mlp.down().linear().adapted(lora, dropout.at(4 * index + 3))));
    }
  }

  // ---- without gradient ----------------------------------------------------------------------

  /// Overwrites `x`, `[rows, hidden]`.
  void forward(Tensor x, Batch batch) {
    attention.forward(x, batch);
    mlp.forward(x);
  }

  /// The states of last tokens only: `[rows, hidden]` → `[sequences, hidden]`.
  Tensor forwardLast(Tensor x, Batch batch) {
    Tensor result = new LastTokenAttention(attention).forward(x, batch);
    mlp.forward(result);
    return result;
  }

  // ---- with gradient -------------------------------------------------------------------------

  /// What [#backward] needs.
  record Saved(SelfAttention.Saved attention, GatedMlp.Saved mlp) {
    /// All but the layer's input, which belongs to the caller.
    List<Tensor> ownTensors() {
      var tensors = new ArrayList<>(attention.ownTensors());
      tensors.addAll(mlp.tensors());
      return tensors;
    }
  }

  /// The output `[rows, hidden]`, and what [#backward] needs.
  record Forward(Tensor output, Saved saved) {}

  Forward forward(Tensor x, Batch batch, Adapters adapters) {
    SelfAttention.Forward attended = attention.forward(x, batch, adapters.attention);
    GatedMlp.Forward output = mlp.forward(attended.residual(), adapters.mlp);
    return new Forward(output.residual(), new Saved(attended.saved(), output.saved()));
  }

  /// Adds to the adapters' gradients, and turns the gradient of the output, `[rows, hidden]`, into
  /// that of the input, in place. The first layer's input is frozen, so it leaves that part out.
  void backward(Tensor gradient, Saved saved, Batch batch, Adapters adapters, boolean inputNeeded) {
    mlp.backward(gradient, saved.mlp, adapters.mlp);
    attention.backward(gradient, saved.attention, batch, adapters.attention, inputNeeded);
  }

  /// What [#backwardLast] needs.
  record SavedLast(LastTokenAttention.Saved attention, GatedMlp.Saved mlp) {}

  record ForwardLast(Tensor output, SavedLast saved) {}

  ForwardLast forwardLast(Tensor x, Batch batch, Adapters adapters) {
    LastTokenAttention.Forward attended =
        new LastTokenAttention(attention).forward(x, batch, adapters.attention);
    GatedMlp.Forward output = mlp.forward(attended.residual(), adapters.mlp);
    return new ForwardLast(output.residual(), new SavedLast(attended.saved(), output.saved()));
  }

  /// Adds to the adapters' gradients and returns the gradient of the input, `[rows, hidden]`, given
  /// that of the last tokens' output, `[sequences, hidden]`, which is overwritten.
  Tensor backwardLast(Tensor gradient, SavedLast saved, Batch batch, Adapters adapters) {
    mlp.backward(gradient, saved.mlp, adapters.mlp);
    return new LastTokenAttention(attention)
        .backward(gradient, saved.attention, batch, adapters.attention);
  }

  // ---- weights -------------------------------------------------------------------------------

  /// The fused linear maps, in the order of the forward pass.
  List<FusedLinear> linears() {
    return List.of(
        attention.queryKeyValue(), attention.output().linear(), mlp.gateUp(), mlp.down().linear());
  }

  void merge(LoraAdapter lora) {
    linears().forEach(linear -> linear.merge(lora.slice(linear.map().name())));
  }

  @Override
  public void close() {
    attention.close();
    mlp.close();
  }
}
