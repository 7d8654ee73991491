package io.alidade.model.export;

import io.alidade.core.AlidadeException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.LayerAttention;
import io.alidade.model.config.GgufConfig;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.weights.GgufArchitecture;
import io.alidade.model.weights.GgufContent;
import io.alidade.model.weights.GgufTensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A decoder's shape as metadata of a GGUF file.
///
/// The architecture is the one whose fixed traits are the decoder's. Whether the file then means
/// the decoder is not a matter of trust: [#requireSaidBy] reads it as any GGUF file is read, and
/// compares.
final class GgufShape {
  private final DecoderConfig config;
  private final int maxTokens;
  private final GgufArchitecture architecture;
  private final GgufRopeScaling rope;

  /// @param maxTokens the most tokens of a text; windows as wide as that change nothing
  GgufShape(DecoderConfig config, int maxTokens) {
    this.config = config;
    this.maxTokens = maxTokens;
    this.architecture = architecture(config);
    this.rope = new GgufRopeScaling(architecture, fullRope(), maxTokens);
  }

  private static GgufArchitecture architecture(DecoderConfig config) {
    if (config.fusedMaps()) {
      return GgufArchitecture.PHI3;
    }
    if (config.norms().offset() != 0) {
      return gemma(config);
    }
    if (config.attention().headNorms()) {
      return GgufArchitecture.QWEN3;
    }
    if (config.attention().inputBias() && !config.attention().outputBias()) {
      return GgufArchitecture.QWEN2;
    }
    boolean turnsAll = config.attention().layers().stream().allMatch(l -> l.rope().isPresent());
    return turnsAll ? GgufArchitecture.LLAMA : GgufArchitecture.SMOLLM3;
  }

  private static GgufArchitecture gemma(DecoderConfig config) {
    if (!config.norms().afterBlocks()) {
      return GgufArchitecture.GEMMA;
    }
    if (!config.attention().headNorms()) {
      return GgufArchitecture.GEMMA2;
    }
    return config.attention().causal() ? GgufArchitecture.GEMMA3 : GgufArchitecture.GEMMA_EMBEDDING;
  }

  GgufArchitecture architecture() {
    return architecture;
  }

  /// Factors of RoPE, which are tensors.
  List<GgufTensor> factors() {
    return rope.factors();
  }

  /// Where llama.cpp's vectors can differ.
  Optional<String> warning() {
    return rope.warning();
  }

  Map<String, Object> metadata() {
    var own = new LinkedHashMap<String, Object>();
    own.put("block_count", config.layers());
    own.put("context_length", config.maxPositions());
    own.put("embedding_length", config.hidden());
    own.put("feed_forward_length", config.intermediate());
    own.put("vocab_size", config.vocabulary());
    own.put("attention.head_count", config.heads());
    own.put("attention.head_count_kv", config.keyHeads());
    own.put("attention.key_length", config.headDim());
    own.put("attention.value_length", config.headDim());
    own.put("attention.layer_norm_rms_epsilon", (float) config.norms().epsilon());
    addWindows(own);
    own.putAll(rope.metadata());
    var metadata = new LinkedHashMap<String, Object>();
    own.forEach((name, value) -> metadata.put(architecture.key(name), value));
    return metadata;
  }

  private void addWindows(Map<String, Object> own) {
    switch (architecture) {
      case GEMMA2 -> {
        own.put("attn_logit_softcapping", (float) config.attention().scoreCap());
        own.put("attention.sliding_window", window());
      }
      case GEMMA3, GEMMA_EMBEDDING -> {
        if (window() > 0) {
          // Of a model that is not causal, the file's number counts both sides.
          boolean causal = config.attention().causal();
          own.put("attention.sliding_window", causal ? window() : 2 * (window() - 1));
          localRope().ifPresent(r -> own.put("rope.freq_base_swa", (float) r.theta()));
        }
      }
      case PHI3 -> own.put("attention.sliding_window", 0);
      case LLAMA, QWEN2, QWEN3, SMOLLM3, GEMMA, BERT -> {}
    }
  }

  private int window() {
    return config.attention().layers().stream().mapToInt(LayerAttention::window).max().orElse(0);
  }

  private Optional<RopeConfig> localRope() {
    return config.attention().layers().stream()
        .filter(layer -> layer.window() > 0)
        .findFirst()
        .flatMap(LayerAttention::rope);
  }

  /// Of a layer without a window, or of any if all have one.
  private RopeConfig fullRope() {
    List<LayerAttention> layers = config.attention().layers();
    return layers.stream()
        .filter(layer -> layer.window() == 0 && layer.rope().isPresent())
        .findFirst()
        .or(() -> layers.stream().filter(layer -> layer.rope().isPresent()).findFirst())
        .flatMap(LayerAttention::rope)
        .orElseThrow(
            () -> new AlidadeException("a decoder without positions cannot be written to GGUF"));
  }

  /// Windows are compiled into some of llama.cpp's architectures; the others have none.
  private List<Integer> windowsThatAct() {
    return config.attention().layers().stream()
        .map(layer -> layer.window() >= maxTokens && !hasWindows() ? 0 : layer.window())
        .toList();
  }

  private boolean hasWindows() {
    return switch (architecture) {
      case GEMMA2, GEMMA3, GEMMA_EMBEDDING -> true;
      case LLAMA, QWEN2, QWEN3, SMOLLM3, GEMMA, PHI3, BERT -> false;
    };
  }

  /// Checks that a reader of the file finds this decoder.
  ///
  /// @throws AlidadeException if llama.cpp's architecture means another, by what differs
  void requireSaidBy(GgufContent content) {
    DecoderConfig said = GgufConfig.read(content);
    var attention = config.attention();
    var saidAttention = said.attention();
    require("attention scale", attention.scale(), saidAttention.scale());
    require("score cap", attention.scoreCap(), saidAttention.scoreCap());
    require("causal attention", attention.causal(), saidAttention.causal());
    require("biases of queries", attention.inputBias(), saidAttention.inputBias());
    require("biases of attention", attention.outputBias(), saidAttention.outputBias());
    require("norms of heads", attention.headNorms(), saidAttention.headNorms());
    require(
        "attention windows",
        windowsThatAct(),
        saidAttention.layers().stream().map(LayerAttention::window).toList());
    require("layers with positions", turned(config), turned(said));
    require("activation", config.activation(), said.activation());
    require("biases of the feed-forward part", config.feedForwardBias(), said.feedForwardBias());
    require("norm epsilon", (float) config.norms().epsilon(), (float) said.norms().epsilon());
    require("norm offset", config.norms().offset(), said.norms().offset());
    require("embedding scale", config.embeddingScale(), said.embeddingScale());
    for (int i = 0; i < config.layers(); i++) {
      requireRope(i, said.attention().layers().get(i).rope());
    }
    if (architecture == GgufArchitecture.QWEN3) {
      require("biases of attention", attention.inputBias(), false);
    }
  }

  private static List<Boolean> turned(DecoderConfig config) {
    return config.attention().layers().stream().map(l -> l.rope().isPresent()).toList();
  }

  private void requireRope(int layer, Optional<RopeConfig> said) {
    Optional<RopeConfig> own = config.attention().layers().get(layer).rope();
    if (own.isPresent() && !GgufRopeScaling.turnAlike(own.get(), said.orElseThrow(), maxTokens)) {
      throw refused("RoPE of layer " + layer, own.get(), said.get());
    }
  }

  private void require(String what, Object own, Object said) {
    if (!own.equals(said)) {
      throw refused(what, own, said);
    }
  }

  private AlidadeException refused(String what, Object own, Object said) {
    return new AlidadeException(
        "this model cannot be written to GGUF: its %s is %s, llama.cpp's architecture %s has %s"
            .formatted(what, own, architecture.label(), said));
  }
}
