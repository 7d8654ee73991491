package io.alidade.model.decoder;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;

/// One forward pass of a [Decoder] with an adapter that can be run backwards once.
///
/// # Implementation note
///
/// The gradient of each layer is written out by hand (`docs/decisions/0002-explicit-backward.md`):
/// what a layer keeps is named in its `Saved` record, is freed as soon as the layer has been run
/// backwards, and everything cheap is computed again instead of kept. Nothing is computed for the
/// frozen weights, nor for the input of the first layer.
public final class TrainingPass implements AutoCloseable {
  private final Decoder decoder;
  private final SelfAttention.Batch batch;
  private final List<DecoderLayer.Adapters> adapters = new ArrayList<>();
  private final List<DecoderLayer.Saved> saved = new ArrayList<>();
  private final DecoderLayer.SavedLast savedLast;
  private final Tensor lastX;
  private final Tensor lastScales;
  private final Tensor output;
  private final List<Tensor> owned = new ArrayList<>();

  TrainingPass(Decoder decoder, PackedTokens packed, LoraAdapter lora, long dropoutSeed) {
    this.decoder = decoder;
    this.batch = decoder.batch(packed);
    Dropout dropout = new Dropout(lora.config().dropout(), dropoutSeed);
    for (int i = 0; i < decoder.layers().size(); i++) {
      adapters.add(DecoderLayer.Adapters.of(decoder.layers().get(i), lora, dropout, i));
    }
    Tensor x = decoder.embed(packed);
    int last = decoder.layers().size() - 1;
    for (int i = 0; i < last; i++) {
      x = forward(i, x);
    }
    DecoderLayer.ForwardLast forward =
        decoder.layers().get(last).forwardLast(x, batch, adapters.get(last));
    this.savedLast = forward.saved();
    this.lastX = forward.output();
    this.lastScales = decoder.norm().scales(lastX);
    this.output = decoder.norm().forward(lastX, lastScales);
  }

  private Tensor forward(int layer, Tensor x) {
    try (var scope = TensorScope.open()) {
      DecoderLayer.Forward forward =
          decoder.layers().get(layer).forward(x, batch, adapters.get(layer));
      forward.saved().ownTensors().forEach(t -> owned.add(scope.release(t)));
      saved.add(forward.saved());
      owned.add(scope.release(forward.output()));
      return forward.output();
    }
  }

  /// The normalised hidden state of each sequence's last token: `[sequences, hidden]`.
  public Tensor output() {
    return output;
  }

  /// Adds to the adapter's gradients, given the gradient of [#output].
  public void backward(Tensor gradientOutput) {
    int last = decoder.layers().size() - 1;
    try (var _ = TensorScope.open()) {
      Tensor gradientLast = Tensor.zeros(lastX.dtype(), lastX.shape());
      decoder.norm().backward(gradientOutput.copy(), lastX, lastScales, gradientLast);
      Tensor gradient =
          decoder
              .layers()
              .get(last)
              .backwardLast(gradientLast, savedLast, batch, adapters.get(last));
      for (int i = last - 1; i >= 0; i--) {
        try (var _ = TensorScope.open()) {
          decoder.layers().get(i).backward(gradient, saved.get(i), batch, adapters.get(i), i > 0);
        }
        free(saved.removeLast());
      }
    }
  }

  private void free(DecoderLayer.Saved layer) {
    layer
        .ownTensors()
        .forEach(
            tensor -> {
              tensor.close();
              owned.remove(tensor);
            });
  }

  @Override
  public void close() {
    owned.forEach(Tensor::close);
    owned.clear();
  }
}
