package io.alidade.model.encoder;

import io.alidade.model.transformer.Batch;
import io.alidade.model.transformer.KeptTensors;
import io.alidade.model.transformer.LayerNorm;
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
  private final Batch batch;
  private final boolean lastOnly;
  private final int first;
  private final List<Visited> visited = new ArrayList<>();
  private final KeptTensors kept = new KeptTensors();
  private final Tensor lastX;
  private final Tensor output;

  /// A block that has been run forwards.
  ///
  /// @param saved nothing where it is computed again
  private record Visited(Tensor input, Optional<EncoderBlock.Saved> saved) {}

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
    this.first = trained.firstLayer() * Encoder.BLOCKS_A_LAYER;
    Tensor x = encoder.embeddings().forward(packed);
    encoder.forward(x, batch, first);
    for (EncoderBlock block : encoder.blocks().subList(first, encoder.blocks().size())) {
      x = forward(block, x);
    }
    this.lastX = x;
    Tensor states = encoder.last().map(norm -> norm.forward(lastX)).orElse(lastX);
    this.output = lastOnly ? states.rows(batch.plan().rowsOfLast()) : states;
  }

  private Tensor forward(EncoderBlock block, Tensor x) {
    try (var scope = TensorScope.open()) {
      EncoderBlock.Forward forward = block.forward(x, batch, tuning);
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
      Tensor ofStates =
          lastOnly
              ? Tensor.zeros(lastX.dtype(), lastX.shape())
                  .addRows(batch.plan().rowsOfLast(), gradientOutput)
              : gradientOutput;
      Tensor gradient = ofStates.copy();
      encoder.last().ifPresent(norm -> backwardNorm(norm, gradient));
      while (!visited.isEmpty()) {
        int index = first + visited.size() - 1;
        backward(index, visited.removeLast(), gradient);
      }
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

  private void backward(int index, Visited visit, Tensor gradient) {
    boolean inputNeeded = index > first || embeddingsTrained();
    EncoderBlock block = encoder.blocks().get(index);
    try (var _ = TensorScope.open()) {
      EncoderBlock.Saved saved =
          visit.saved.orElseGet(() -> block.forward(visit.input, batch, tuning).saved());
      settings.turn().begin(index);
      block.backward(gradient, saved, batch, tuning, inputNeeded).ifPresent(gradient::copyFrom);
      settings.turn().end(index);
    }
    visit.saved.ifPresent(saved -> kept.free(saved.ownTensors()));
    kept.free(List.of(visit.input));
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
