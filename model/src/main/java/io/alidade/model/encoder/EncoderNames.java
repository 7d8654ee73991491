package io.alidade.model.encoder;

import io.alidade.model.EncoderConfig;

/// The names of an encoder's weights in files. Names of a layer follow its path.
///
/// @param layers what stands before a layer's number
/// @param attentionNorm behind attention or before it
/// @param feedForwardNorm behind the feed-forward part or before it
record EncoderNames(
    String words,
    String embeddingNorm,
    String layers,
    String attentionNorm,
    String attentionOutput,
    String feedForwardNorm,
    String feedForwardInput,
    String feedForwardOutput) {
  static final String POSITIONS = "embeddings.position_embeddings.weight";
  static final String TOKEN_TYPES = "embeddings.token_type_embeddings.weight";
  static final String LAST_NORM = "final_norm";

  private static final EncoderNames BERT =
      new EncoderNames(
          "embeddings.word_embeddings.weight",
          "embeddings.LayerNorm",
          "encoder.layer.",
          "attention.output.LayerNorm",
          "attention.output.dense",
          "output.LayerNorm",
          "intermediate.dense",
          "output.dense");

  private static final EncoderNames MODERN_BERT =
      new EncoderNames(
          "embeddings.tok_embeddings.weight",
          "embeddings.norm",
          "layers.",
          "attn_norm",
          "attn.Wo",
          "mlp_norm",
          "mlp.Wi",
          "mlp.Wo");

  static EncoderNames of(EncoderConfig config) {
    return switch (config.naming()) {
      case BERT -> BERT;
      case MODERN_BERT -> MODERN_BERT;
    };
  }

  /// The full name of a layer's module, such as `encoder.layer.3.output.dense`.
  String path(int layer, String module) {
    return layers + layer + "." + module;
  }
}
