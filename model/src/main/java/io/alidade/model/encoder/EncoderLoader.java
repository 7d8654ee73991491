package io.alidade.model.encoder;

import io.alidade.model.EncoderConfig;
import io.alidade.model.EncoderConfig.FeedForward;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.LayerNorm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Loads the blocks of an encoder, two a layer.
final class EncoderLoader {
  private final EncoderConfig config;
  private final CheckedWeights weights;
  private final EncoderNames names;
  private final EncoderMaps maps;

  EncoderLoader(EncoderConfig config, CheckedWeights weights) {
    this.config = config;
    this.weights = weights;
    this.names = EncoderNames.of(config);
    this.maps = new EncoderMaps(config);
  }

  List<EncoderBlock> blocks() {
    var blocks = new ArrayList<EncoderBlock>();
    for (int layer = 0; layer < config.layers(); layer++) {
      blocks.add(attention(layer));
      blocks.add(feedForward(layer));
    }
    return blocks;
  }

  private EncoderBlock attention(int layer) {
    String norm = names.path(layer, names.attentionNorm());
    boolean first = layer == 0;
    return new EncoderBlock(
        config.norms().before() && !first ? Optional.of(norm(norm)) : Optional.empty(),
        FusedLinear.load(weights, maps.queryKeyValue(layer)),
        Mixer.Attention.of(config.attentionHeads(), config.attention().get(layer)),
        FusedLinear.load(weights, maps.attentionOutput(layer)),
        config.norms().before() ? Optional.empty() : Optional.of(norm(norm)));
  }

  private EncoderBlock feedForward(int layer) {
    String norm = names.path(layer, names.feedForwardNorm());
    FeedForward kind = config.feedForward();
    return new EncoderBlock(
        config.norms().before() ? Optional.of(norm(norm)) : Optional.empty(),
        FusedLinear.load(weights, maps.feedForwardInput(layer)),
        kind.gated() ? new Mixer.Gated(kind.activation()) : new Mixer.Plain(kind.activation()),
        FusedLinear.load(weights, maps.feedForwardOutput(layer)),
        config.norms().before() ? Optional.empty() : Optional.of(norm(norm)));
  }

  /// The normalisation of what leaves the last block.
  Optional<LayerNorm> last() {
    return config.norms().before() ? Optional.of(norm(EncoderNames.LAST_NORM)) : Optional.empty();
  }

  private LayerNorm norm(String name) {
    return LayerNorm.load(weights, name, config.hidden(), config.norms());
  }
}
