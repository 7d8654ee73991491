package io.alidade.model.encoder;

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
import java.util.stream.IntStream;

/// One forward pass of an [Encoder] with an adapter that can be run backwards once. What a block
/// keeps is freed as soon as it has been run backwards; nothing is computed for the frozen weights,
/// nor for the input of the first adapted block: those below it run as they do without a gradient.
final class EncoderPass implements TrainingPass {
  private final Encoder encoder;
  private final Batch batch;
  private final boolean lastOnly;
  private final List<AdaptedBlock> blocks;
  private final List<EncoderBlock.Saved> saved = new ArrayList<>();
  private final KeptTensors kept = new KeptTensors();
  private final Tensor lastX;
  private final Tensor output;

  /// @param lastOnly whether only the states of last tokens are wanted
  EncoderPass(
      Encoder encoder, PackedTokens packed, LoraAdapter lora, long dropoutSeed, boolean lastOnly) {
    this.encoder = encoder;
    this.batch = encoder.batch(packed);
    this.lastOnly = lastOnly;
    Dropout dropout = new Dropout(lora.config().dropout(), dropoutSeed);
    int first = lora.config().firstLayer() * Encoder.BLOCKS_A_LAYER;
    this.blocks =
        IntStream.range(first, encoder.blocks().size())
            .mapToObj(i -> AdaptedBlock.of(encoder.blocks().get(i), lora, dropout, i))
            .toList();
    Tensor x = encoder.embed(packed);
    encoder.forward(x, batch, first);
    for (AdaptedBlock block : blocks) {
      x = forward(block, x);
    }
    this.lastX = x;
    Tensor states = encoder.last().map(norm -> norm.forward(lastX)).orElse(lastX);
    this.output = lastOnly ? states.rows(batch.plan().rowsOfLast()) : states;
  }

  /// A block and its adapters with the dropout of this pass.
  private record AdaptedBlock(EncoderBlock block, EncoderBlock.Adapters adapters) {
    static AdaptedBlock of(EncoderBlock block, LoraAdapter lora, Dropout dropout, int index) {
      return new AdaptedBlock(block, EncoderBlock.Adapters.of(block, lora, dropout, index));
    }
  }

  private Tensor forward(AdaptedBlock adapted, Tensor x) {
    try (var scope = TensorScope.open()) {
      EncoderBlock.Forward forward = adapted.block.forward(x, batch, adapted.adapters);
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
      Tensor ofStates =
          lastOnly
              ? Tensor.zeros(lastX.dtype(), lastX.shape())
                  .addRows(batch.plan().rowsOfLast(), gradientOutput)
              : gradientOutput;
      Tensor first = encoder.last().map(norm -> norm.backward(ofStates, lastX)).orElse(ofStates);
      Tensor gradient = first.copy();
      for (int i = saved.size() - 1; i >= 0; i--) {
        try (var _ = TensorScope.open()) {
          AdaptedBlock adapted = blocks.get(i);
          adapted
              .block
              .backward(gradient, saved.get(i), batch, adapted.adapters, i > 0)
              .ifPresent(gradient::copyFrom);
        }
        kept.free(saved.removeLast().ownTensors());
      }
    }
  }

  @Override
  public void close() {
    kept.close();
  }
}
