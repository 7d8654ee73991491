package io.alidade.model.encoder;

import io.alidade.model.EncoderConfig;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.FusedMap.Part;
import io.alidade.model.transformer.RotaryOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The linear maps of an encoder by their Hugging Face names, two of each block.
final class EncoderMaps {
  private final EncoderConfig config;
  private final EncoderNames names;

  EncoderMaps(EncoderConfig config) {
    this.config = config;
    this.names = EncoderNames.of(config);
  }

  /// The maps of all layers, in the order of the forward pass.
  List<FusedMap> all() {
    var maps = new ArrayList<FusedMap>();
    for (int layer = 0; layer < config.layers(); layer++) {
      maps.add(queryKeyValue(layer));
      maps.add(attentionOutput(layer));
      maps.add(feedForwardInput(layer));
      maps.add(feedForwardOutput(layer));
    }
    return maps;
  }

  FusedMap queryKeyValue(int layer) {
    int hidden = config.hidden();
    return switch (config.naming()) {
      case BERT -> {
        String prefix = names.path(layer, "attention.self.");
        yield new FusedMap(
            prefix + "query_key_value",
            layer,
            hidden,
            config.attentionBias(),
            List.of(
                part(prefix + "query"), part(prefix + "key"), new Part(prefix + "value", hidden)),
            Optional.empty());
      }
      // One map to files and adapters alike; its values are not rotated.
      case MODERN_BERT ->
          FusedMap.single(
              layer,
              hidden,
              config.attentionBias(),
              new Part(names.path(layer, "attn.Wqkv"), 3 * hidden, order(2 * hidden)));
    };
  }

  private Part part(String name) {
    return new Part(name, config.hidden(), order(config.hidden()));
  }

  /// Layers do not differ in how many values of a head they rotate.
  private RotaryOrder order(int rows) {
    return config.ropes().stream()
        .findFirst()
        .map(RopeConfig::dims)
        .map(dims -> new RotaryOrder(rows, config.headDim(), dims))
        .orElse(RotaryOrder.NONE);
  }

  FusedMap attentionOutput(int layer) {
    return FusedMap.single(
        layer,
        config.hidden(),
        config.attentionBias(),
        new Part(names.path(layer, names.attentionOutput()), config.hidden()));
  }

  FusedMap feedForwardInput(int layer) {
    int outputs = (config.feedForward().gated() ? 2 : 1) * config.intermediate();
    return FusedMap.single(
        layer,
        config.hidden(),
        config.feedForward().bias(),
        new Part(names.path(layer, names.feedForwardInput()), outputs));
  }

  FusedMap feedForwardOutput(int layer) {
    return FusedMap.single(
        layer,
        config.intermediate(),
        config.feedForward().bias(),
        new Part(names.path(layer, names.feedForwardOutput()), config.hidden()));
  }
}
