package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.EncoderConfig;
import io.alidade.model.EncoderConfig.FeedForward;
import io.alidade.model.EncoderConfig.LearnedPositions;
import io.alidade.model.EncoderConfig.Naming;
import io.alidade.model.EncoderConfig.Norms;
import io.alidade.model.LayerAttention;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.transformer.Activation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Hugging Face's `config.json` of an encoder. What the compute classes do not implement is refused
/// by name, since leaving it out would give other vectors without a word.
record EncoderReader(JsonObject json, EncoderFamily family) {
  private static final String FULL = "full_attention";
  private static final String SLIDING = "sliding_attention";
  private static final String PADDING = "pad_token_id";

  EncoderConfig read() {
    refuseUnsupported();
    try {
      return switch (family.naming()) {
        case BERT -> bert();
        case MODERN_BERT -> modernBert();
      };
    } catch (IllegalArgumentException e) {
      throw new DataException(json.file(), "impossible shape: " + e.getMessage(), e);
    }
  }

  private EncoderConfig bert() {
    LearnedPositions positions = positions();
    var everywhere = new LayerAttention(LayerAttention.ALL, Optional.empty());
    return config(
        positions.rows() - positions.first(),
        Optional.of(positions),
        json.integer("type_vocab_size").orElse(2),
        Collections.nCopies(Math.max(0, layers()), everywhere),
        new FeedForward(activation("hidden_act"), false, true),
        true,
        new Norms(json.number("layer_norm_eps").orElse(1e-12), true, false));
  }

  private EncoderConfig modernBert() {
    return config(
        json.integer("max_position_embeddings").orElse(8192),
        Optional.empty(),
        0,
        layerAttention(),
        new FeedForward(activation("hidden_activation"), true, json.flag("mlp_bias").orElse(false)),
        json.flag("attention_bias").orElse(false),
        new Norms(
            json.number("norm_eps").orElse(1e-5), json.flag("norm_bias").orElse(false), true));
  }

  private EncoderConfig config(
      int maxPositions,
      Optional<LearnedPositions> positions,
      int tokenTypes,
      List<LayerAttention> attention,
      FeedForward feedForward,
      boolean attentionBias,
      Norms norms) {
    return new EncoderConfig(
        layers(),
        json.requiredInteger("hidden_size"),
        heads(),
        json.requiredInteger("intermediate_size"),
        json.requiredInteger("vocab_size"),
        maxPositions,
        padding(),
        positions,
        tokenTypes,
        attention,
        feedForward,
        attentionBias,
        norms,
        family.naming());
  }

  private int layers() {
    return json.requiredInteger("num_hidden_layers");
  }

  private int heads() {
    return json.requiredInteger("num_attention_heads");
  }

  private OptionalInt padding() {
    if (json.isNull(PADDING)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(json.integer(PADDING).orElse(family.absentPadding()));
  }

  private LearnedPositions positions() {
    int rows = json.integer("max_position_embeddings").orElse(512);
    if (!family.positionsBehindPadding()) {
      return new LearnedPositions(rows, 0);
    }
    int padding =
        padding()
            .orElseThrow(
                () ->
                    new DataException(
                        json.file(),
                        "\"%s\" is null; positions start behind it".formatted(PADDING)));
    return new LearnedPositions(rows, padding + 1);
  }

  private Activation activation(String key) {
    String name = json.text(key).orElse("gelu");
    return switch (name) {
      case "gelu", "gelu_python" -> Activation.GELU;
      case "gelu_new", "gelu_fast", "gelu_accurate", "gelu_pytorch_tanh", "gelu_python_tanh" ->
          Activation.GELU_TANH;
      case "relu" -> Activation.RELU;
      case "silu", "swish" -> Activation.SILU;
      default ->
          throw new DataException(
              json.file(),
              "\"%s\" is \"%s\"; supported are gelu, gelu_new, gelu_pytorch_tanh, relu and silu"
                  .formatted(key, name));
    };
  }

  /// ModernBERT's layers. A token of one with a window sees half of `local_attention` to each side.
  private List<LayerAttention> layerAttention() {
    int headDim = json.requiredInteger("hidden_size") / Math.max(1, heads());
    int window = json.integer("local_attention").orElse(128) / 2 + 1;
    var full =
        new LayerAttention(
            LayerAttention.ALL, Optional.of(rope(FULL, "global_rope_theta", 160_000, headDim)));
    // An explicit null meant that all layers turn alike, before rope_parameters came.
    RopeConfig ofLocal =
        json.isNull("local_rope_theta")
            ? rope(SLIDING, "global_rope_theta", 160_000, headDim)
            : rope(SLIDING, "local_rope_theta", 10_000, headDim);
    var local = new LayerAttention(window, Optional.of(ofLocal));
    return sliding().stream().map(sliding -> sliding ? local : full).toList();
  }

  /// Which layers have a window: newer files list it, older ones say how often one has none.
  private List<Boolean> sliding() {
    var sliding = new ArrayList<Boolean>();
    if (json.has("layer_types")) {
      json.elements("layer_types")
          .map(JsonNode::asString)
          .map(this::isSliding)
          .forEach(sliding::add);
      return sliding;
    }
    int every = json.interval("global_attn_every_n_layers", 3);
    for (int layer = 0; layer < layers(); layer++) {
      sliding.add(layer % every != 0);
    }
    return sliding;
  }

  private boolean isSliding(String type) {
    if (!type.equals(SLIDING) && !type.equals(FULL)) {
      throw new DataException(
          json.file(),
          "\"layer_types\" names \"%s\"; supported are %s and %s".formatted(type, FULL, SLIDING));
    }
    return type.equals(SLIDING);
  }

  private RopeConfig rope(String kind, String olderKey, double absent, int headDim) {
    Optional<JsonObject> rope =
        json.object("rope_parameters").flatMap(nested -> nested.object(kind));
    String type = rope.flatMap(r -> r.text("rope_type")).orElse("default");
    if (!type.equals("default")) {
      throw new DataException(
          json.file(),
          "RoPE scaling of type \"%s\" is not supported for encoders; only default is"
              .formatted(type));
    }
    double theta =
        rope.flatMap(r -> r.number("rope_theta")).or(() -> json.number(olderKey)).orElse(absent);
    return RopeConfig.plain(theta, headDim);
  }

  private void refuseUnsupported() {
    for (String key : List.of("is_decoder", "add_cross_attention")) {
      if (json.flag(key).orElse(false)) {
        throw new DataException(
            json.file(), "\"%s\" is true; only false is supported".formatted(key));
      }
    }
    for (String key : List.of("quantization_config", "rope_scaling")) {
      if (json.has(key)) {
        throw new DataException(json.file(), "\"%s\" is not supported".formatted(key));
      }
    }
    String positions = json.text("position_embedding_type").orElse("absolute");
    // ModernBERT's files say "sans_pos" or "absolute" here, and its code reads neither.
    if (family.naming() == Naming.BERT && !positions.equals("absolute")) {
      throw new DataException(
          json.file(),
          "\"position_embedding_type\" is \"%s\"; only absolute is supported".formatted(positions));
    }
  }
}
