package io.alidade.model.encoder;

import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.LayerNorm;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.PassTuning;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.VisitedLayers;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;

/// One forward pass of an [Encoder] in training that can be run backwards once. What a block keeps
/// is freed as soon as it has been run backwards, or not kept at all but computed again; nothing is
/// computed for frozen weights, nor for the input of the first adapted block: those below it run as
/// they do without a gradient.
final class EncoderPass implements TrainingPass {
  /// Where the gradients of the embeddings are added to, as [PassSettings#turn] counts places; a
  /// block has its index.
  private static final int EMBEDDINGS = -1;

  private final Encoder encoder;
  private final PackedTokens packed;
  private final PassSettings settings;
  private final PassTuning tuning;
  private final VisitedLayers<EncoderBlock.Saved> visited;
  private final Batch batch;
  private final boolean lastOnly;
  private final Tensor lastX;
  private final Tensor output;

  /// @param lastOnly whether only the states of last tokens are wanted
  EncoderPass(
      Encoder encoder,
      PackedTokens packed,
      TrainedWeights trained,
      PassSettings settings,
      boolean lastOnly) {
    this.encoder = encoder;
    this.packed = packed;
    this.settings = settings;
    this.tuning = PassTuning.of(trained, settings);
    this.batch = encoder.batch(packed);
    this.lastOnly = lastOnly;
    this.visited = new VisitedLayers<>(batch, tuning, settings);
    List<EncoderBlock> blocks = encoder.blocks();
    int first = trained.firstLayer() * Encoder.BLOCKS_A_LAYER;
    Tensor embedded = encoder.embeddings().forward(packed);
    encoder.forward(embedded, batch, first);
    this.lastX = visited.forward(blocks.subList(first, blocks.size()), first, embedded);
    Tensor states = encoder.last().map(norm -> norm.forward(lastX)).orElse(lastX);
    this.output = lastOnly ? states.rows(batch.plan().rowsOfLast()) : states;
  }

  @Override
  public Tensor output() {
    return output;
  }

  @Override
  public void backward(Tensor gradientOutput) {
    try (var _ = TensorScope.open()) {
      Tensor ofStates =
          lastOnly
              ? Tensor.zeros(lastX.dtype(), lastX.shape())
                  .addRows(batch.plan().rowsOfLast(), gradientOutput)
              : gradientOutput;
      Tensor gradient = ofStates.copy();
      encoder.last().ifPresent(norm -> backwardNorm(norm, gradient));
      visited.backward(gradient, embeddingsTrained());
      if (embeddingsTrained()) {
        settings.turn().begin(EMBEDDINGS);
        encoder.embeddings().backward(gradient, packed, tuning);
        settings.turn().end(EMBEDDINGS);
      }
    }
  }

  private boolean embeddingsTrained() {
    return tuning.gradient(encoder.embeddings().name()).isPresent();
  }

  private void backwardNorm(LayerNorm norm, Tensor gradient) {
    int place = encoder.blocks().size();
    settings.turn().begin(place);
    gradient.copyFrom(norm.backward(gradient, lastX, tuning));
    settings.turn().end(place);
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
