package io.alidade.model.decoder;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.Dropout;
import io.alidade.model.transformer.KeptTensors;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// One forward pass of a [Decoder] with an adapter that can be run backwards once.
///
/// # Implementation note
///
/// The gradient of each layer is written out by hand (`docs/decisions/0002-explicit-backward.md`):
/// what a layer keeps is named in its `Saved` record, is freed as soon as the layer has been run
/// backwards, and everything cheap is computed again instead of kept. Nothing is computed for the
/// frozen weights, nor for the input of the first adapted layer: the layers below it run as they do
/// without a gradient.
final class DecoderPass implements TrainingPass {
  private final Decoder decoder;
  private final Batch batch;
  private final List<AdaptedLayer> layers;
  private final List<DecoderLayer.Saved> saved = new ArrayList<>();
  private final Optional<DecoderLayer.SavedLast> savedLast;
  private final Tensor lastX;
  private final Tensor lastScales;
  private final Tensor output;
  private final KeptTensors kept = new KeptTensors();

  /// @param lastOnly whether only the states of last tokens are wanted
  DecoderPass(
      Decoder decoder, PackedTokens packed, LoraAdapter lora, long dropoutSeed, boolean lastOnly) {
    this.decoder = decoder;
    this.batch = decoder.batch(packed);
    Dropout dropout = new Dropout(lora.config().dropout(), dropoutSeed);
    int first = lora.config().firstLayer();
    this.layers =
        IntStream.range(first, decoder.layers().size())
            .mapToObj(i -> AdaptedLayer.of(decoder.layers().get(i), lora, dropout, i))
            .toList();
    Tensor x = decoder.embed(packed);
    decoder.forward(x, batch, first);
    for (AdaptedLayer layer : layers.subList(0, layers.size() - 1)) {
      x = forward(layer, x);
    }
    AdaptedLayer last = layers.getLast();
    if (lastOnly) {
      DecoderLayer.ForwardLast forward = last.layer.forwardLast(x, batch, last.adapters);
      this.savedLast = Optional.of(forward.saved());
      this.lastX = forward.output();
    } else {
      this.savedLast = Optional.empty();
      this.lastX = forward(last, x);
    }
    this.lastScales = decoder.norm().scales(lastX);
    this.output = decoder.norm().forward(lastX, lastScales);
  }

  /// A layer and its adapters with the dropout of this pass.
  private record AdaptedLayer(DecoderLayer layer, DecoderLayer.Adapters adapters) {
    static AdaptedLayer of(DecoderLayer layer, LoraAdapter lora, Dropout dropout, int index) {
      return new AdaptedLayer(layer, DecoderLayer.Adapters.of(layer, lora, dropout, index));
    }
  }

  private Tensor forward(AdaptedLayer adapted, Tensor x) {
    try (var scope = TensorScope.open()) {
      DecoderLayer.Forward forward = adapted.layer.forward(x, batch, adapted.adapters);
      kept.keep(scope, forward.saved().ownTensors());
      saved.add(forward.saved());
      kept.keep(scope, List.of(forward.output()));
      return forward.output();
    }
  }

  @Override
  public Tensor output() {
    return output;
  }

  @Override
  public void backward(Tensor gradientOutput) {
    try (var _ = TensorScope.open()) {
      Tensor gradientLast = Tensor.zeros(lastX.dtype(), lastX.shape());
      decoder.norm().backward(gradientOutput.copy(), lastX, lastScales, gradientLast);
      Tensor gradient =
          savedLast.map(last -> backwardLast(gradientLast, last)).orElse(gradientLast);
      for (int i = saved.size() - 1; i >= 0; i--) {
        try (var _ = TensorScope.open()) {
          AdaptedLayer adapted = layers.get(i);
          adapted.layer.backward(gradient, saved.get(i), batch, adapted.adapters, i > 0);
        }
        kept.free(saved.removeLast().ownTensors());
      }
    }
  }

  private Tensor backwardLast(Tensor gradient, DecoderLayer.SavedLast last) {
    AdaptedLayer adapted = layers.getLast();
    return adapted.layer.backwardLast(gradient, last, batch, adapted.adapters);
  }

  @Override
  public void close() {
    kept.close();
  }
}
