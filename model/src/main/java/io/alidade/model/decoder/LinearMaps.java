package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.FusedMap.Part;
import io.alidade.model.transformer.RotaryOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The linear maps of a decoder, by their Hugging Face names, and how they are fused: maps that
/// read the same input become one product.
///
/// # Implementation note
///
/// The rows of the query's and key's weights are reordered on loading, within each head, and back
/// on writing: see [RotaryOrder].
public final class LinearMaps {
  private LinearMaps() {}

  /// The order of the rows of queries, keys and their norms; layers do not differ in how many
  /// values they rotate.
  static RotaryOrder rotaryOrder(DecoderConfig config, int rows) {
    int rotated = config.ropes().stream().mapToInt(RopeConfig::dims).max().orElse(config.headDim());
    return new RotaryOrder(rows, config.headDim(), rotated);
  }

  /// How many weights a decoder has: its linear maps, norms and embeddings.
  public static long parameters(DecoderConfig config) {
    long parameters = ((long) config.vocabulary() + 1) * config.hidden();
    for (FusedMap map : of(config)) {
      parameters += (long) map.outputs() * map.inputs() + (map.bias() ? map.outputs() : 0);
    }
    long norms = (config.norms().afterBlocks() ? 4L : 2L) * config.hidden();
    long headNorms = config.attention().headNorms() ? 2L * config.headDim() : 0;
    return parameters + config.layers() * (norms + headNorms);
  }

  /// The fused maps of all layers, in the order of the forward pass.
  public static List<FusedMap> of(DecoderConfig config) {
    var maps = new ArrayList<FusedMap>();
    for (int layer = 0; layer < config.layers(); layer++) {
      maps.add(queryKeyValue(config, layer));
      maps.add(attentionOutput(config, layer));
      maps.add(gateUp(config, layer));
      maps.add(down(config, layer));
    }
    return maps;
  }

  static FusedMap queryKeyValue(DecoderConfig config, int layer) {
    String prefix = "layers." + layer + ".self_attn.";
    int queries = config.heads() * config.headDim();
    int keys = config.keyHeads() * config.headDim();
    return new FusedMap(
        prefix + "qkv",
        layer,
        config.hidden(),
        config.attention().inputBias(),
        List.of(
            new Part(prefix + "q_proj", queries, rotaryOrder(config, queries)),
            new Part(prefix + "k_proj", keys, rotaryOrder(config, keys)),
            new Part(prefix + "v_proj", keys)),
        joined(config, prefix + "qkv_proj"));
  }

  static FusedMap attentionOutput(DecoderConfig config, int layer) {
    return FusedMap.single(
        layer,
        config.heads() * config.headDim(),
        config.attention().outputBias(),
        new Part("layers." + layer + ".self_attn.o_proj", config.hidden()));
  }

  static FusedMap gateUp(DecoderConfig config, int layer) {
    String prefix = "layers." + layer + ".mlp.";
    return new FusedMap(
        prefix + "gate_up",
        layer,
        config.hidden(),
        config.feedForwardBias(),
        List.of(
            new Part(prefix + "gate_proj", config.intermediate()),
            new Part(prefix + "up_proj", config.intermediate())),
        joined(config, prefix + "gate_up_proj"));
  }

  static FusedMap down(DecoderConfig config, int layer) {
    return FusedMap.single(
        layer,
        config.intermediate(),
        config.feedForwardBias(),
        new Part("layers." + layer + ".mlp.down_proj", config.hidden()));
  }

  private static Optional<String> joined(DecoderConfig config, String name) {
    return config.fusedMaps() ? Optional.of(name) : Optional.empty();
  }
}
