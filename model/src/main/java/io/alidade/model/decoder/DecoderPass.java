package io.alidade.model.decoder;

import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.PassTuning;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.VisitedLayers;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
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
  private final VisitedLayers<DecoderLayer.Saved> visited;
  private final Batch batch;
  private final Optional<DecoderLayer.SavedLast> savedLast;
  private final Tensor lastX;
  private final Tensor lastScales;
  private final Tensor output;

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
    this.visited = new VisitedLayers<>(batch, tuning, settings);
    int first = trained.firstLayer();
    List<DecoderLayer> layers = decoder.layers();
    int last = layers.size() - 1;
    Tensor embedded = decoder.embed(packed);
    decoder.forward(embedded, batch, first);
    Tensor x = visited.forward(layers.subList(first, last), first, embedded);
    if (lastOnly) {
      DecoderLayer.ForwardLast forward = layers.get(last).forwardLast(x, batch, tuning);
      this.savedLast = Optional.of(forward.saved());
      this.lastX = forward.output();
    } else {
      this.savedLast = Optional.empty();
      this.lastX = visited.forward(layers.subList(last, layers.size()), last, x);
    }
    this.lastScales = decoder.norm().scales(lastX);
    this.output = decoder.norm().forward(lastX, lastScales);
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
      Optional<Tensor> embeddings = tuning.gradient(TokenRows.NAME);
      visited.backward(gradient, embeddings.isPresent());
      embeddings.ifPresent(sum -> backwardEmbeddings(gradient, sum));
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

  private void backwardEmbeddings(Tensor gradient, Tensor sum) {
    double scale = decoder.config().embeddingScale();
    Tensor scaled = scale == 1 ? gradient : gradient.times(scale);
    settings.turn().begin(EMBEDDINGS);
    sum.addRows(Tensor.of(packed.ids()), scaled);
    settings.turn().end(EMBEDDINGS);
  }

  @Override
  public long keptBytes() {
    return visited.bytes();
  }

  @Override
  public void close() {
    visited.close();
  }
}
