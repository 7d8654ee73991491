package io.alidade.model.encoder;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.LayerNorm;
import io.alidade.model.transformer.MapTuning;
import io.alidade.model.transformer.PassTuning;
import io.alidade.model.transformer.VisitedLayers;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Half a layer: `behind(x + out(mixer(in(before(x)))))`. BERT normalises behind its blocks,
/// ModernBERT before them.
record EncoderBlock(
    Optional<LayerNorm> before,
    FusedLinear in,
    Mixer mixer,
    FusedLinear out,
    Optional<LayerNorm> behind)
    implements VisitedLayers.Layer<EncoderBlock.Saved>, AutoCloseable {

  /// What [#backward] needs. The input `x` belongs to the caller.
  ///
  /// @param sum what the second normalisation is given
  record Saved(
      Tensor x, Tensor wide, Tensor wideDown, Mixer.Mixed mixed, Tensor mixedDown, Tensor sum)
      implements VisitedLayers.Saved {
    @Override
    public List<Tensor> ownTensors() {
      var tensors = new ArrayList<>(List.of(wide, wideDown, mixedDown, sum));
      tensors.addAll(mixed.tensors());
      return tensors;
    }
  }

  /// Overwrites `x`, `[rows, hidden]`.
  void forward(Tensor x, Batch batch) {
    Tensor mixed = mixer.forward(in.forward(input(x)), batch).output();
    out.forwardAdding(mixed, x);
    behind.ifPresent(norm -> x.copyFrom(norm.forward(x)));
  }

  @Override
  public VisitedLayers.Forward<Saved> forward(Tensor x, Batch batch, PassTuning tuning) {
    MapTuning ofIn = tuning.of(in);
    MapTuning ofOut = tuning.of(out);
    Tensor input = input(x);
    Tensor wide = in.forward(input);
    Tensor wideDown = in.down(input, ofIn);
    in.addAdapter(wideDown, ofIn, wide);
    Mixer.Mixed mixed = mixer.forward(wide, batch);
    Tensor mixedDown = out.down(mixed.output(), ofOut);
    Tensor sum = x.copy();
    out.forwardAdding(mixed.output(), sum);
    out.addAdapter(mixedDown, ofOut, sum);
    Tensor output = behind.map(norm -> norm.forward(sum)).orElse(sum);
    return new VisitedLayers.Forward<>(output, new Saved(x, wide, wideDown, mixed, mixedDown, sum));
  }

  @Override
  public void backward(
      Tensor gradient, Saved saved, Batch batch, PassTuning tuning, boolean inputNeeded) {
    MapTuning ofIn = tuning.of(in);
    MapTuning ofOut = tuning.of(out);
    Tensor gradientSum =
        behind.map(norm -> norm.backward(gradient, saved.sum, tuning)).orElse(gradient);
    Tensor gradientMixedDown =
        out.backwardWeights(saved.mixed.output(), saved.mixedDown, gradientSum, ofOut);
    Tensor gradientMixed = out.backwardInput(gradientSum, gradientMixedDown, ofOut);
    Tensor gradientWide = mixer.backward(saved.wide, saved.mixed, gradientMixed, batch);
    Tensor gradientWideDown =
        in.backwardWeights(input(saved.x), saved.wideDown, gradientWide, ofIn);
    if (!inputNeeded) {
      return;
    }
    Tensor gradientInput = in.backwardInput(gradientWide, gradientWideDown, ofIn);
    Tensor gradientX =
        before.map(norm -> norm.backward(gradientInput, saved.x, tuning)).orElse(gradientInput);
    gradient.copyFrom(gradientX.add(gradientSum));
  }

  private Tensor input(Tensor x) {
    return before.map(norm -> norm.forward(x)).orElse(x);
  }

  void merge(LoraAdapter lora) {
    lora.slice(in.map().name()).ifPresent(in::merge);
    lora.slice(out.map().name()).ifPresent(out::merge);
  }

  /// The trainable weights; they belong to the block.
  List<FullWeights.Weight> trainable() {
    var weights = new ArrayList<FullWeights.Weight>();
    before.ifPresent(norm -> weights.addAll(norm.trainable()));
    weights.addAll(in.trainable());
    weights.addAll(out.trainable());
    behind.ifPresent(norm -> weights.addAll(norm.trainable()));
    return weights;
  }

  /// Puts the weights under their names, into the current scope.
  void store(Map<String, Tensor> target) {
    before.ifPresent(norm -> norm.store(target));
    in.store(target);
    out.store(target);
    behind.ifPresent(norm -> norm.store(target));
  }

  @Override
  public void close() {
    before.ifPresent(LayerNorm::close);
    in.close();
    out.close();
    behind.ifPresent(LayerNorm::close);
  }
}
