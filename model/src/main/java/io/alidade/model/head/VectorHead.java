package io.alidade.model.head;

import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What stands behind the transformer in an embedding model: perhaps latent attention, then
/// pooling, linear layers, perhaps a cut, and always a vector of length 1, as
/// [io.alidade.core.Embedder] promises.
///
/// @param latents what the states go through before they are pooled
/// @param layers linear layers, in order
/// @param truncated keep so many dimensions, from the first
/// @see <a href="https://arxiv.org/abs/2205.13147">Kusupati et al., Matryoshka Representation
///   Learning, 2022</a>
public record VectorHead(
    Optional<LatentAttention> latents,
    TextPooling pooling,
    List<DenseLayer> layers,
    OptionalInt truncated)
    implements AutoCloseable {

  public VectorHead {
    layers = List.copyOf(layers);
  }

  /// Pooling alone.
  public static VectorHead of(Pooling pooling) {
    return of(Optional.empty(), TextPooling.of(pooling));
  }

  /// Pooling, behind latent attention where there is one.
  public static VectorHead of(Optional<LatentAttention> latents, TextPooling pooling) {
    return new VectorHead(latents, pooling, List.of(), OptionalInt.empty());
  }

  /// The same layers behind another pooling, which shares them: only one of the two is closed.
  public VectorHead withPooling(TextPooling other) {
    return new VectorHead(latents, other, layers, truncated);
  }

  /// The width of the vectors behind a transformer of this width.
  public int dimensions(int hidden) {
    int width = layers.isEmpty() ? pooling.width(hidden) : (int) layers.getLast().weight().size(0);
    return Math.min(width, truncated.orElse(width));
  }

  /// The vectors of token ids that end in end-of-sequence, in order: `[sequences, dimensions]`.
  ///
  /// @param promptTokens how many ids of each sequence are its prompt; all 0 where pooling does not
  ///   ask
  public Tensor vectors(Transformer transformer, List<int[]> sequences, int[] promptTokens) {
    PackedTokens packed = transformer.pack(sequences);
    Tensor vectors =
        pooling.readsLastTokenOnly()
            ? throughLatents(transformer.lastStates(packed))
            : pooling.pool(packed, throughLatents(transformer.allStates(packed)), promptTokens);
    for (DenseLayer layer : layers) {
      vectors = layer.forward(vectors);
    }
    int width = (int) vectors.size(1);
    Tensor cut = vectors.narrow(1, 0, Math.min(width, truncated.orElse(width)));
    return cut.times(cut.norms().inverse());
  }

  private Tensor throughLatents(Tensor states) {
    return latents.map(layer -> layer.forward(states)).orElse(states);
  }

  @Override
  public void close() {
    latents.ifPresent(LatentAttention::close);
    layers.forEach(DenseLayer::close);
  }
}
