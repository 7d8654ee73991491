package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.AttentionOverrides;
import io.alidade.model.DecoderConfig;
import io.alidade.model.DecoderConfig.AttentionConfig;
import io.alidade.model.DecoderConfig.Norms;
import io.alidade.model.TransformerConfig;
import io.alidade.model.config.Family.Trait;
import io.alidade.model.transformer.Activation;
import java.nio.file.Path;
import java.util.List;

/// Hugging Face's `config.json`, of a decoder or by way of [EncoderReader] of an encoder. What the
/// compute classes do not implement is refused by name, since leaving it out would give other
/// vectors without a word.
public final class HuggingFaceConfig {
  static final int DEFAULT_MAX_POSITIONS = 2048;
  private static final String CAUSAL = "is_causal";
  private static final double GEMMA2_SCORE_CAP = 50;

  private final JsonObject json;
  private final Family family;

  private HuggingFaceConfig(JsonObject json, Family family) {
    this.json = json;
    this.family = family;
  }

  public static TransformerConfig read(Path file) {
    return read(JsonObject.read(file));
  }

  static TransformerConfig read(JsonObject json) {
    String type = json.text("model_type").orElse("");
    return Family.of(type)
        .<TransformerConfig>map(family -> decoder(json, family))
        .or(() -> EncoderFamily.of(type).map(family -> new EncoderReader(json, family).read()))
        .orElseThrow(
            () ->
                new DataException(
                    json.file(),
                    "\"model_type\" is \"%s\"; supported are %s, %s"
                        .formatted(type, Family.names(), EncoderFamily.names())));
  }

  /// @throws DataException if it is none of a decoder
  static DecoderConfig decoder(JsonObject json) {
    String type = json.text("model_type").orElse("");
    return Family.of(type)
        .map(family -> decoder(json, family))
        .orElseThrow(
            () ->
                new DataException(
                    json.file(),
                    "\"model_type\" is \"%s\"; supported are %s".formatted(type, Family.names())));
  }

  private static DecoderConfig decoder(JsonObject json, Family family) {
    DecoderConfig config = new HuggingFaceConfig(json, family).config();
    return json.flag(CAUSAL).orElse(true)
        ? config
        : AttentionOverrides.ofBidirectional().apply(config);
  }

  private DecoderConfig config() {
    refuseUnsupported();
    int hidden = json.requiredInteger("hidden_size");
    int heads = json.requiredInteger("num_attention_heads");
    int headDim = json.integer("head_dim").orElse(absentHeadDim(hidden, heads));
    int layers = json.requiredInteger("num_hidden_layers");
    try {
      var ropes = new RopeReader(json, family, headDim);
      return new DecoderConfig(
          layers,
          hidden,
          heads,
          keyHeads(heads),
          headDim,
          json.requiredInteger("intermediate_size"),
          json.requiredInteger("vocab_size"),
          json.integer("max_position_embeddings").orElse(DEFAULT_MAX_POSITIONS),
          json.flag("tie_word_embeddings").orElse(tiedWhenAbsent()),
          attention(headDim, new LayerReader(json, family, layers, ropes)),
          activation(),
          json.flag("mlp_bias").orElse(false),
          new Norms(
              json.number("rms_norm_eps").orElse(family.absent().epsilon()),
              family.has(Trait.GEMMA) ? 1 : 0,
              family.has(Trait.NORMS_AFTER_BLOCKS)),
          family.has(Trait.GEMMA) ? Math.sqrt(hidden) : 1,
          family.has(Trait.FUSED_MAPS));
    } catch (IllegalArgumentException e) {
      throw new DataException(json.file(), "impossible shape: " + e.getMessage(), e);
    }
  }

  private int absentHeadDim(int hidden, int heads) {
    int ofFamily = json.isNull("head_dim") ? 0 : family.absent().headDim();
    return ofFamily > 0 ? ofFamily : hidden / Math.max(1, heads);
  }

  private int keyHeads(int heads) {
    int absent = json.isNull("num_key_value_heads") ? 0 : family.absent().keyHeads();
    return json.integer("num_key_value_heads").orElse(absent > 0 ? absent : heads);
  }

  private boolean tiedWhenAbsent() {
    return family.has(Trait.GEMMA) || family == Family.SMOLLM3;
  }

  private AttentionConfig attention(int headDim, LayerReader layers) {
    boolean flagged = json.flag("attention_bias").orElse(false);
    boolean input = family.has(Trait.INPUT_BIAS);
    return new AttentionConfig(
        input || flagged,
        !input && flagged,
        family.has(Trait.HEAD_NORMS),
        1 / Math.sqrt(scoreDivisor(headDim)),
        family == Family.GEMMA2 ? gemma2Cap() : 0,
        !bidirectional(),
        layers.read());
  }

  private double scoreDivisor(int headDim) {
    return switch (family) {
      case GEMMA2, GEMMA3 -> json.number("query_pre_attn_scalar").orElse(256.0);
      default -> headDim;
    };
  }

  /// Gemma 3's embedding models. The windows of such a file are meant to reach half to each side.
  private boolean bidirectional() {
    return family == Family.GEMMA3 && json.flag(LayerReader.BIDIRECTIONAL).orElse(false);
  }

  private double gemma2Cap() {
    String key = "attn_logit_softcapping";
    return json.isNull(key) ? 0 : json.number(key).orElse(GEMMA2_SCORE_CAP);
  }

  private Activation activation() {
    boolean gemma = family.has(Trait.GEMMA);
    // Gemma's first files say "gelu" and mean the tanh form.
    if (family == Family.GEMMA) {
      return Activation.GELU_TANH;
    }
    String key = gemma ? "hidden_activation" : "hidden_act";
    String name = json.text(key).orElse(gemma ? "gelu_pytorch_tanh" : "silu");
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "gelu_pytorch_tanh", "gelu_new", "gelu_fast", "gelu_python_tanh" -> Activation.GELU_TANH;
      default ->
          throw new DataException(
              json.file(),
              "\"%s\" is \"%s\"; supported are silu and gelu_pytorch_tanh".formatted(key, name));
    };
  }

  private void refuseUnsupported() {
    for (String key : List.of("rope_interleaved", LayerReader.BIDIRECTIONAL)) {
      if (json.flag(key).orElse(false) && !bidirectional()) {
        throw new DataException(
            json.file(), "\"%s\" is true; only false is supported".formatted(key));
      }
    }
    if (bidirectional() && !json.flag(CAUSAL).orElse(true)) {
      throw new DataException(
          json.file(),
          "\"%s\" is true and \"%s\" false; they mean different windows, leave one out"
              .formatted(LayerReader.BIDIRECTIONAL, CAUSAL));
    }
    if (json.has("quantization_config")) {
      throw new DataException(json.file(), "\"quantization_config\" is not supported");
    }
  }
}
