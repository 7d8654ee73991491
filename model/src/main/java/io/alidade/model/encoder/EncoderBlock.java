package io.alidade.model.encoder;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.Dropout;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.FusedLinear.Adapted;
import io.alidade.model.transformer.LayerNorm;
import io.alidade.tensor.Tensor;
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
    implements AutoCloseable {

  /// The adapters of the two maps.
  record Adapters(Adapted in, Adapted out) {

    /// @param index of the block in its model
    static Adapters of(EncoderBlock block, LoraAdapter lora, Dropout dropout, int index) {
      return new Adapters(
          block.in.adapted(lora, dropout.at(2 * index)),
          block.out.adapted(lora, dropout.at(2 * index + 1)));
    }
  }

  /// What [#backward] needs. The input `x` belongs to the caller.
  ///
  /// @param sum what the second normalisation is given
  record Saved(Tensor x, Tensor wide, Tensor wideDown, Tensor mixed, Tensor mixedDown, Tensor sum) {
    List<Tensor> ownTensors() {
      return List.of(wide, wideDown, mixed, mixedDown, sum);
    }
  }

  /// The output `[rows, hidden]`, and what [#backward] needs.
  record Forward(Tensor output, Saved saved) {}

  /// Overwrites `x`, `[rows, hidden]`.
  void forward(Tensor x, Batch batch) {
    Tensor mixed = mixer.forward(in.forward(input(x)), batch);
    out.forwardAdding(mixed, x);
    behind.ifPresent(norm -> x.copyFrom(norm.forward(x)));
  }

  /// As [#forward], leaving the input as it is.
  Forward forward(Tensor x, Batch batch, Adapters adapters) {
    Tensor input = input(x);
    Tensor wide = in.forward(input);
    Tensor wideDown = in.down(input, adapters.in);
    in.addAdapter(wideDown, adapters.in.slice(), wide);
    Tensor mixed = mixer.forward(wide, batch);
    Tensor mixedDown = out.down(mixed, adapters.out);
    Tensor sum = x.copy();
    out.forwardAdding(mixed, sum);
    out.addAdapter(mixedDown, adapters.out.slice(), sum);
    Tensor output = behind.map(norm -> norm.forward(sum)).orElse(sum);
    return new Forward(output, new Saved(x, wide, wideDown, mixed, mixedDown, sum));
  }

  /// Adds to the adapters' gradients and returns the gradient of the residual stream before the
  /// block, given that behind it. The first block's input is frozen, so it returns nothing.
  Optional<Tensor> backward(
      Tensor gradient, Saved saved, Batch batch, Adapters adapters, boolean inputNeeded) {
    Tensor gradientSum = behind.map(norm -> norm.backward(gradient, saved.sum)).orElse(gradient);
    Tensor gradientMixedDown =
        out.backwardAdapter(saved.mixed, saved.mixedDown, gradientSum, adapters.out);
    Tensor gradientMixed = out.backwardInput(gradientSum, gradientMixedDown, adapters.out);
    Tensor gradientWide = mixer.backward(saved.wide, gradientMixed, batch);
    Tensor gradientWideDown =
        in.backwardAdapter(input(saved.x), saved.wideDown, gradientWide, adapters.in);
    if (!inputNeeded) {
      return Optional.empty();
    }
    Tensor gradientInput = in.backwardInput(gradientWide, gradientWideDown, adapters.in);
    Tensor gradientX =
        before.map(norm -> norm.backward(gradientInput, saved.x)).orElse(gradientInput);
    return Optional.of(gradientX.add(gradientSum));
  }

  private Tensor input(Tensor x) {
    return before.map(norm -> norm.forward(x)).orElse(x);
  }

  void merge(LoraAdapter lora) {
    in.merge(lora.slice(in.map().name()));
    out.merge(lora.slice(out.map().name()));
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
