package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.DecoderConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// Hugging Face's `config.json` of a Llama model. What the compute classes do not implement is
/// refused by name, since leaving it out would give other vectors without a word.
public final class HuggingFaceConfig {
  private static final String MODEL_TYPE = "llama";
  private static final double DEFAULT_ROPE_THETA = 10_000;
  private static final double DEFAULT_RMS_NORM_EPSILON = 1e-6;
  private static final int DEFAULT_MAX_POSITIONS = 2048;

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private HuggingFaceConfig() {}

  public static DecoderConfig read(Path file) {
    JsonObject json = JsonObject.read(file);
    refuseUnsupported(json);
    int hidden = json.requiredInteger("hidden_size");
    int heads = json.requiredInteger("num_attention_heads");
    try {
      return new DecoderConfig(
          json.requiredInteger("num_hidden_layers"),
          hidden,
          heads,
          json.integer("num_key_value_heads").orElse(heads),
          json.integer("head_dim").orElse(hidden / Math.max(1, heads)),
          json.requiredInteger("intermediate_size"),
          json.requiredInteger("vocab_size"),
          json.integer("max_position_embeddings").orElse(DEFAULT_MAX_POSITIONS),
          ropeTheta(json),
          json.number("rms_norm_eps").orElse(DEFAULT_RMS_NORM_EPSILON),
          json.flag("tie_word_embeddings").orElse(false));
    } catch (IllegalArgumentException e) {
      throw new DataException(file, "impossible shape: " + e.getMessage(), e);
    }
  }

  private static void refuseUnsupported(JsonObject json) {
    requireText(json, "model_type", MODEL_TYPE, "");
    requireText(json, "hidden_act", "silu", "silu");
    for (String key : List.of("attention_bias", "mlp_bias", "rope_interleaved")) {
      if (json.flag(key).orElse(false)) {
        throw new DataException(
            json.file(), "\"%s\" is true; only false is supported".formatted(key));
      }
    }
    for (String key : List.of("quantization_config", "sliding_window")) {
      if (json.has(key)) {
        throw new DataException(json.file(), "\"%s\" is not supported".formatted(key));
      }
    }
    json.object("rope_scaling").ifPresent(HuggingFaceConfig::refuseScaling);
    json.object("rope_parameters").ifPresent(HuggingFaceConfig::refuseScaling);
  }

  private static void refuseScaling(JsonObject rope) {
    String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
    if (!type.equals("default")) {
      throw new DataException(
          rope.file(), "RoPE scaling of type \"%s\" is not supported".formatted(type));
    }
    if (rope.number("partial_rotary_factor").orElse(1.0) != 1.0) {
      throw new DataException(
          rope.file(), "\"partial_rotary_factor\" other than 1 is not supported");
    }
  }

  private static void requireText(JsonObject json, String key, String allowed, String absent) {
    String found = json.text(key).orElse(absent);
    if (!found.equals(allowed)) {
      throw new DataException(
          json.file(), "\"%s\" is \"%s\"; supported is \"%s\"".formatted(key, found, allowed));
    }
  }

  /// At the top level up to transformers 4, under `rope_parameters` from 5 on.
  private static double ropeTheta(JsonObject json) {
    return json.object("rope_parameters")
        .flatMap(rope -> rope.number("rope_theta"))
        .or(() -> json.number("rope_theta"))
        .orElse(DEFAULT_ROPE_THETA);
  }

  /// The content of a `config.json` of a `LlamaModel` with float32 weights.
  ///
  /// @param bos the token that starts a text, if the tokenizer has one
  /// @param pad the token for padding; any, as it is masked
  public static String write(DecoderConfig config, OptionalInt bos, int eos, int pad) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("architectures", List.of("LlamaModel"));
    json.put("attention_bias", false);
    json.put("attention_dropout", 0.0);
    bos.ifPresent(id -> json.put("bos_token_id", id));
    json.put("eos_token_id", eos);
    json.put("head_dim", config.headDim());
    json.put("hidden_act", "silu");
    json.put("hidden_size", config.hidden());
    json.put("initializer_range", 0.02);
    json.put("intermediate_size", config.intermediate());
    json.put("max_position_embeddings", config.maxPositions());
    json.put("mlp_bias", false);
    json.put("model_type", MODEL_TYPE);
    json.put("num_attention_heads", config.heads());
    json.put("num_hidden_layers", config.layers());
    json.put("num_key_value_heads", config.keyHeads());
    json.put("pad_token_id", pad);
    json.put("rms_norm_eps", config.rmsNormEpsilon());
    json.put("rope_theta", config.ropeTheta());
    json.put("tie_word_embeddings", config.tiedEmbeddings());
    json.put("torch_dtype", "float32");
    json.put("use_cache", false);
    json.put("vocab_size", config.vocabulary());
    return JSON.writeValueAsString(json) + "\n";
  }
}
