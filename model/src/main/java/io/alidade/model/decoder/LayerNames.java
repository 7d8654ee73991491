package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import java.util.Optional;

/// The names of a layer's normalisations. `post_attention_layernorm` stands before the feed-forward
/// part in most families; in those that normalise the outputs of their blocks (Gemma 2 and 3) it
/// stands behind attention.
///
/// @param afterAttention of attention's output, where a family has it
/// @param afterFeedForward of the feed-forward output, where a family has it
record LayerNames(
    String attentionNorm,
    Optional<String> afterAttention,
    String feedForwardNorm,
    Optional<String> afterFeedForward) {
  static final String QUERY_NORM = "self_attn.q_norm";
  static final String KEY_NORM = "self_attn.k_norm";

  static LayerNames of(DecoderConfig config) {
    return config.norms().afterBlocks()
        ? new LayerNames(
            "input_layernorm",
            Optional.of("post_attention_layernorm"),
            "pre_feedforward_layernorm",
            Optional.of("post_feedforward_layernorm"))
        : new LayerNames(
            "input_layernorm", Optional.empty(), "post_attention_layernorm", Optional.empty());
  }

  /// The full name of a weight's module, such as `layers.3.input_layernorm`.
  static String path(int layer, String name) {
    return "layers." + layer + "." + name;
  }
}
