package io.alidade.train;

import io.alidade.model.head.LatentShape;
import io.alidade.model.head.LatentWeights;
import io.alidade.model.head.TrainedLatents;
import io.alidade.tensor.DType;
import java.util.Optional;

/// What is trained behind the transformer, together with the adapter.
public sealed interface HeadConfig {

  /// The layer before its first step, for states of this width; a function of the seed.
  Optional<TrainedLatents> initial(int hidden, DType dtype, long seed);

  /// Nothing: the states are pooled as they are.
  record PoolingOnly() implements HeadConfig {
    public static PoolingOnly defaults() {
      return new PoolingOnly();
    }

    @Override
    public Optional<TrainedLatents> initial(int hidden, DType dtype, long seed) {
      return Optional.empty();
    }
  }

  /// A layer of latent attention before pooling.
  ///
  /// @param latents how many
  /// @param headDim the width of a head; 0 for that of the states
  /// @see io.alidade.model.head.LatentAttention
  record LatentAttention(int latents, int heads, int headDim) implements HeadConfig {
    public LatentAttention {
      require(latents >= 1, "latents must be at least 1, is " + latents);
      require(heads >= 1, "heads must be at least 1, is " + heads);
      require(headDim >= 0, "headDim must be at least 0, is " + headDim);
    }

    private static void require(boolean holds, String message) {
      if (!holds) {
        throw new IllegalArgumentException(message);
      }
    }

    /// The sizes of NV-Embed, the widths those of the model's own states.
    public static LatentAttention defaults() {
      return new LatentAttention(512, 8, 0);
    }

    @Override
    public Optional<TrainedLatents> initial(int hidden, DType dtype, long seed) {
      var shape = new LatentShape(hidden, latents, heads, headDim == 0 ? hidden : headDim);
      return Optional.of(TrainedLatents.of(LatentWeights.initial(shape, dtype, seed)));
    }
  }
}
