package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufMetadata;

/// The shape of a Llama model by the metadata of its GGUF file.
public final class GgufConfig {
  private static final String EMBEDDING = "token_embd.weight";
  private static final String OUTPUT = "output.weight";

  private GgufConfig() {}

  public static DecoderConfig read(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    refuseUnsupported(file);
    int hidden = metadata.integer("llama.embedding_length");
    int heads = metadata.integer("llama.attention.head_count");
    int headDim =
        metadata.optionalInteger("llama.attention.key_length").orElse(hidden / Math.max(1, heads));
    requireWholeHeads(metadata, headDim);
    try {
      return DecoderConfig.llama(
          metadata.integer("llama.block_count"),
          hidden,
          heads,
          metadata.optionalInteger("llama.attention.head_count_kv").orElse(heads),
          headDim,
          metadata.integer("llama.feed_forward_length"),
          Math.toIntExact(file.shape(EMBEDDING)[0]),
          metadata.integer("llama.context_length"),
          metadata.has("llama.rope.freq_base") ? metadata.number("llama.rope.freq_base") : 10_000,
          metadata.number("llama.attention.layer_norm_rms_epsilon"),
          !file.names().contains(OUTPUT));
    } catch (IllegalArgumentException e) {
      throw new DataException(file.path(), "impossible shape: " + e.getMessage(), e);
    }
  }

  private static void refuseUnsupported(GgufFile file) {
    GgufMetadata metadata = file.metadata();
    String architecture = metadata.text("general.architecture");
    if (!architecture.equals("llama")) {
      throw new DataException(
          file.path(),
          "general.architecture is \"%s\"; supported is \"llama\"".formatted(architecture));
    }
    String scaling = metadata.optionalText("llama.rope.scaling.type").orElse("none");
    if (!scaling.equals("none")) {
      throw new DataException(
          file.path(), "RoPE scaling of type \"%s\" is not supported".formatted(scaling));
    }
    if (metadata.optionalInteger("llama.expert_count").orElse(0) > 0) {
      throw new DataException(file.path(), "mixtures of experts are not supported");
    }
  }

  /// RoPE must turn the whole head.
  private static void requireWholeHeads(GgufMetadata metadata, int headDim) {
    int rotated = metadata.optionalInteger("llama.rope.dimension_count").orElse(headDim);
    if (rotated != headDim) {
      throw new DataException(
          metadata.file(),
          "RoPE turns %d of %d dimensions; only all are supported".formatted(rotated, headDim));
    }
  }
}
