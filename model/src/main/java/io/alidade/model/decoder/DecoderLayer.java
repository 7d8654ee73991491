package io.alidade.model.decoder;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.PassTuning;
import io.alidade.model.transformer.VisitedLayers;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// One transformer layer: attention and feed-forward half, each behind a normalisation and added to
/// the residual stream.
record DecoderLayer(SelfAttention attention, GatedMlp mlp)
    implements VisitedLayers.Layer<DecoderLayer.Saved>, AutoCloseable {

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
  record Saved(SelfAttention.Saved attention, GatedMlp.Saved mlp) implements VisitedLayers.Saved {
    @Override
    public List<Tensor> ownTensors() {
      var tensors = new ArrayList<>(attention.ownTensors());
      tensors.addAll(mlp.tensors());
      return tensors;
    }
  }

  @Override
  public VisitedLayers.Forward<Saved> forward(Tensor x, Batch batch, PassTuning tuning) {
    SelfAttention.Forward attended = attention.forward(x, batch, tuning);
    GatedMlp.Forward output = mlp.forward(attended.residual(), tuning);
    return new VisitedLayers.Forward<>(
        output.residual(), new Saved(attended.saved(), output.saved()));
  }

  @Override
  public void backward(
      Tensor gradient, Saved saved, Batch batch, PassTuning tuning, boolean inputNeeded) {
    mlp.backward(gradient, saved.mlp, tuning);
    attention.backward(gradient, saved.attention, batch, tuning, inputNeeded);
  }

  /// What [#backwardLast] needs.
  record SavedLast(LastTokenAttention.Saved attention, GatedMlp.Saved mlp) {}

  record ForwardLast(Tensor output, SavedLast saved) {}

  ForwardLast forwardLast(Tensor x, Batch batch, PassTuning tuning) {
    LastTokenAttention.Forward attended =
        new LastTokenAttention(attention).forward(x, batch, tuning);
    GatedMlp.Forward output = mlp.forward(attended.residual(), tuning);
    return new ForwardLast(output.residual(), new SavedLast(attended.saved(), output.saved()));
  }

  /// Adds to the gradients of what is trained and returns the gradient of the input, `[rows,
  /// hidden]`, given that of the last tokens' output, `[sequences, hidden]`, which is overwritten.
  Tensor backwardLast(Tensor gradient, SavedLast saved, Batch batch, PassTuning tuning) {
    mlp.backward(gradient, saved.mlp, tuning);
    return new LastTokenAttention(attention).backward(gradient, saved.attention, batch, tuning);
  }

  // ---- weights -------------------------------------------------------------------------------

  /// The fused linear maps, in the order of the forward pass.
  List<FusedLinear> linears() {
    return List.of(
        attention.queryKeyValue(), attention.output().linear(), mlp.gateUp(), mlp.down().linear());
  }

  /// The trainable weights; they belong to the layer.
  List<FullWeights.Weight> trainable() {
    var weights = new ArrayList<FullWeights.Weight>();
    linears().forEach(linear -> weights.addAll(linear.trainable()));
    Stream.of(
            Stream.of(attention.norm(), mlp.norm()),
            attention.headNorms().stream().flatMap(norms -> Stream.of(norms.query(), norms.key())),
            attention.output().norm().stream(),
            mlp.down().norm().stream())
        .flatMap(Function.identity())
        .forEach(norm -> weights.add(norm.trainable()));
    return weights;
  }

  void merge(LoraAdapter lora) {
    linears().forEach(linear -> lora.slice(linear.map().name()).ifPresent(linear::merge));
  }

  @Override
  public void close() {
    attention.close();
    mlp.close();
  }
}
