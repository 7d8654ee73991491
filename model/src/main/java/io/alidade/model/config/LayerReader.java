package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.LayerAttention;
import io.alidade.model.rope.RopeConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Which layers see everything before them and which a window, and which rotate positions. Newer
/// files list that under `layer_types`; older ones leave it to a rule of the family.
record LayerReader(JsonObject json, Family family, int layers, RopeReader ropes) {
  static final String BIDIRECTIONAL = "use_bidirectional_attention";
  private static final String TYPES = "layer_types";
  private static final String SLIDING = "sliding_attention";
  private static final String FULL = "full_attention";

  List<LayerAttention> read() {
    int window = window();
    List<Boolean> sliding = sliding(window);
    Optional<RopeConfig> full = Optional.of(ropes.full());
    Optional<RopeConfig> local = family == Family.GEMMA3 ? Optional.of(ropes.sliding()) : full;
    List<Boolean> rotated = rotated();
    var result = new ArrayList<LayerAttention>();
    for (int i = 0; i < layers; i++) {
      Optional<RopeConfig> rope = sliding.get(i) ? local : full;
      result.add(
          new LayerAttention(
              sliding.get(i) ? window : LayerAttention.ALL,
              rotated.get(i) ? rope : Optional.empty()));
    }
    return result;
  }

  /// The window's width, or 0 where the file switches windows off.
  private int window() {
    boolean off =
        switch (family) {
          case QWEN2, QWEN3, SMOLLM3 -> !json.flag("use_sliding_window").orElse(false);
          case LLAMA, GEMMA -> true;
          case MISTRAL, PHI3, GEMMA2, GEMMA3 -> false;
        };
    if (off || json.isNull("sliding_window")) {
      return LayerAttention.ALL;
    }
    int window = json.integer("sliding_window").orElse(family.absent().window());
    return json.flag(BIDIRECTIONAL).orElse(false) ? window / 2 + 1 : window;
  }

  private List<Boolean> sliding(int window) {
    // Mistral and Phi-3 have windows in all layers and do not read the list.
    boolean listed = json.has(TYPES) && family != Family.MISTRAL && family != Family.PHI3;
    List<Boolean> sliding = listed ? listed() : byRule();
    if (window == LayerAttention.ALL && listed && sliding.contains(true)) {
      throw new DataException(
          json.file(), "\"%s\" names %s, but there is no sliding_window".formatted(TYPES, SLIDING));
    }
    return window == LayerAttention.ALL ? sliding.stream().map(_ -> false).toList() : sliding;
  }

  private List<Boolean> listed() {
    List<String> types = json.elements(TYPES).map(JsonNode::asString).toList();
    for (String type : types) {
      if (!type.equals(SLIDING) && !type.equals(FULL)) {
        throw new DataException(
            json.file(),
            "\"%s\" names \"%s\"; supported are %s and %s".formatted(TYPES, type, FULL, SLIDING));
      }
    }
    requireOnePerLayer(TYPES, types.size());
    return types.stream().limit(layers).map(SLIDING::equals).toList();
  }

  private List<Boolean> byRule() {
    List<Boolean> rotated = rotated();
    int firstOfQwen = json.integer("max_window_layers").orElse(28);
    int pattern = json.interval("sliding_window_pattern", 6);
    var sliding = new ArrayList<Boolean>();
    for (int i = 0; i < layers; i++) {
      sliding.add(
          switch (family) {
            case LLAMA, GEMMA -> false;
            case MISTRAL, PHI3 -> true;
            case QWEN2, QWEN3 -> i >= firstOfQwen;
            case SMOLLM3 -> !rotated.get(i);
            case GEMMA2 -> i % 2 == 0;
            case GEMMA3 -> (i + 1) % pattern != 0;
          });
    }
    return sliding;
  }

  /// SmolLM3 leaves positions out of every fourth layer; its key `no_rope_layers` holds 1 where
  /// there is a rotation.
  private List<Boolean> rotated() {
    if (family != Family.SMOLLM3) {
      return Collections.nCopies(layers, true);
    }
    List<JsonNode> listed = json.elements("no_rope_layers").toList();
    if (!listed.isEmpty()) {
      requireOnePerLayer("no_rope_layers", listed.size());
      return listed.stream().limit(layers).map(node -> node.asInt(0) != 0).toList();
    }
    int interval = json.interval("no_rope_layer_interval", 4);
    var rotated = new ArrayList<Boolean>();
    for (int i = 0; i < layers; i++) {
      rotated.add((i + 1) % interval != 0);
    }
    return rotated;
  }

  private void requireOnePerLayer(String key, int found) {
    if (found < layers) {
      throw new DataException(
          json.file(), "\"%s\" has %d entries for %d layers".formatted(key, found, layers));
    }
  }
}
