package io.alidade.train.memory;

import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Arrays;
import java.util.List;

/// The memory of a step: what the process holds whatever the batch, and what a token adds.
///
/// @param heldBytes weights, what is trained with its gradients and the optimizer's moments, and
///   the process itself
/// @param tokenBytes what running backwards needs of a token, and its share of what one layer
///   computes on the way
public record MemoryNeed(long heldBytes, long tokenBytes) {
  /// Tokens of the text that is computed to find out, if texts may be as long; what is kept grows
  /// with their number.
  private static final int PROBE_TOKENS = 64;

  /// Values that are on the way in a layer, in terms of what the layer keeps.
  private static final int LAYERS_ON_THE_WAY = 2;

  /// Moments of the optimizer, for every trained value.
  private static final int MOMENTS = 2;

  /// Computes one text of at most 64 tokens forwards.
  ///
  /// @param trained all vectors of trained values
  public static MemoryNeed measure(
      Transformer transformer,
      TrainedWeights weights,
      List<Tensor> trained,
      boolean recompute,
      int maxTokens,
      int threads) {
    int tokens = Math.min(PROBE_TOKENS, maxTokens);
    long kept = keptBytes(transformer, weights, tokens) / tokens;
    int layers = transformer.config().layers() - weights.firstLayer();
    long layer = kept / Math.max(1, layers);
    long input = (long) transformer.config().hidden() * transformer.dtype().bytes();
    long token =
        recompute
            ? input * layers + (1 + LAYERS_ON_THE_WAY) * layer
            : kept + LAYERS_ON_THE_WAY * layer;
    long values = trained.stream().mapToLong(Tensor::bytes).sum();
    int copies = MOMENTS + (weights.sharesGradients() ? 0 : threads);
    return new MemoryNeed(LibTorch.residentBytes() + values * copies, token);
  }

  private static long keptBytes(Transformer transformer, TrainedWeights weights, int tokens) {
    int[] text = new int[tokens];
    Arrays.setAll(text, i -> i % transformer.config().vocabulary());
    try (var _ = TensorScope.open();
        TrainingPass pass =
            transformer.trainAll(
                PackedTokens.withoutSharing(List.of(text)), weights, PassSettings.of(0))) {
      return pass.keptBytes();
    }
  }
}
