package io.alidade.model.decoder;

import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.KeptTensors;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.PassTuning;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One forward pass of a [Decoder] in training that can be run backwards once.
///
/// # Implementation note
///
/// The gradient of each layer is written out by hand (`docs/decisions/0002-explicit-backward.md`):
/// what a layer keeps is named in its `Saved` record, is freed as soon as the layer has been run
/// backwards, and everything cheap is computed again instead of kept, or all that there is if the
/// settings say so. Nothing is computed for frozen weights, nor for the input of the first adapted
/// layer: the layers below it run as they do without a gradient.
final class DecoderPass implements TrainingPass {
  /// Where the gradient of the embeddings is added to, as [PassSettings#turn] counts places; a
  /// layer has its index.
  private static final int EMBEDDINGS = -1;

  private final Decoder decoder;
  private final PackedTokens packed;
  private final PassSettings settings;
  private final PassTuning tuning;
  private final Batch batch;
  private final int first;
  private final List<Visited> visited = new ArrayList<>();
  private final Optional<DecoderLayer.SavedLast> savedLast;
  private final Tensor lastX;
  private final Tensor lastScales;
  private final Tensor output;
  private final KeptTensors kept = new KeptTensors();

  /// A layer that has been run forwards.
  ///
  /// @param saved nothing where it is computed again
  private record Visited(Tensor input, Optional<DecoderLayer.Saved> saved) {}

  /// @param lastOnly whether only the states of last tokens are wanted
  DecoderPass(
      Decoder decoder,
      PackedTokens packed,
      TrainedWeights trained,
      PassSettings settings,
      boolean lastOnly) {
    this.decoder = decoder;
    this.packed = packed;
    this.settings = settings;
    this.tuning = PassTuning.of(trained, settings);
    this.batch = decoder.batch(packed);
    this.first = trained.firstLayer();
    List<DecoderLayer> layers = decoder.layers();
    Tensor x = decoder.embed(packed);
    decoder.forward(x, batch, first);
    for (DecoderLayer layer : layers.subList(first, layers.size() - 1)) {
      x = forward(layer, x);
    }
    if (lastOnly) {
      DecoderLayer.ForwardLast forward = layers.getLast().forwardLast(x, batch, tuning);
      this.savedLast = Optional.of(forward.saved());
      this.lastX = forward.output();
    } else {
      this.savedLast = Optional.empty();
      this.lastX = forward(layers.getLast(), x);
    }
    this.lastScales = decoder.norm().scales(lastX);
    this.output = decoder.norm().forward(lastX, lastScales);
  }

  private Tensor forward(DecoderLayer layer, Tensor x) {
    try (var scope = TensorScope.open()) {
      DecoderLayer.Forward forward = layer.forward(x, batch, tuning);
      if (settings.recompute()) {
        visited.add(new Visited(x, Optional.empty()));
      } else {
        kept.keep(scope, forward.saved().ownTensors());
        visited.add(new Visited(x, Optional.of(forward.saved())));
      }
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
      int layers = decoder.layers().size();
      Tensor ofLast = Tensor.zeros(lastX.dtype(), lastX.shape());
      backwardNorm(layers, gradientOutput, ofLast);
      Tensor gradient = savedLast.map(last -> backwardLast(ofLast, last)).orElse(ofLast);
      while (!visited.isEmpty()) {
        int index = first + visited.size() - 1;
        backward(index, visited.removeLast(), gradient);
      }
      tuning.gradient(TokenRows.NAME).ifPresent(sum -> backwardEmbeddings(gradient, sum));
    }
  }

  private void backwardNorm(int place, Tensor gradientOutput, Tensor target) {
    settings.turn().begin(place);
    decoder.norm().backward(gradientOutput.copy(), lastX, lastScales, target, tuning);
    settings.turn().end(place);
  }

  private Tensor backwardLast(Tensor gradient, DecoderLayer.SavedLast last) {
    int index = decoder.layers().size() - 1;
    settings.turn().begin(index);
    Tensor result = decoder.layers().getLast().backwardLast(gradient, last, batch, tuning);
    settings.turn().end(index);
    return result;
  }

  private void backward(int index, Visited layer, Tensor gradient) {
    boolean inputNeeded = index > first || tuning.gradient(TokenRows.NAME).isPresent();
    DecoderLayer weights = decoder.layers().get(index);
    try (var _ = TensorScope.open()) {
      DecoderLayer.Saved saved =
          layer.saved.orElseGet(() -> weights.forward(layer.input, batch, tuning).saved());
      settings.turn().begin(index);
      weights.backward(gradient, saved, batch, tuning, inputNeeded);
      settings.turn().end(index);
    }
    layer.saved.ifPresent(saved -> kept.free(saved.ownTensors()));
    kept.free(List.of(layer.input));
  }

  private void backwardEmbeddings(Tensor gradient, Tensor sum) {
    double scale = decoder.config().embeddingScale();
    Tensor scaled = scale == 1 ? gradient : gradient.times(scale);
    settings.turn().begin(EMBEDDINGS);
    sum.addRows(Tensor.of(packed.ids()), scaled);
    settings.turn().end(EMBEDDINGS);
  }

  @Override
  public long keptBytes() {
    return kept.bytes();
  }

  @Override
  public void close() {
    kept.close();
  }
}
