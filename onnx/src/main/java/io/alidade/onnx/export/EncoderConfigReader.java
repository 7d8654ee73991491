package io.alidade.onnx.export;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/// Reads an encoder's `config.json`. What the graphs do not implement is refused by name; a key
/// that is absent means what transformers takes it for.
final class EncoderConfigReader {
  private static final String GLOBAL = "full_attention";
  private static final String LOCAL = "sliding_attention";

  private final JsonObject json;

  private EncoderConfigReader(JsonObject json) {
    this.json = json;
  }

  static EncoderConfig read(Path file) {
    return new EncoderConfigReader(JsonObject.read(file)).config();
  }

  private EncoderConfig config() {
    String type = json.text("model_type").orElse("");
    try {
      return switch (type) {
        case "bert" -> bert(OptionalInt.empty());
        case "roberta", "xlm-roberta" ->
            bert(OptionalInt.of(json.integer("pad_token_id").orElse(1)));
        case "modernbert" -> modernBert();
        default ->
            throw new DataException(
                json.file(),
                "\"model_type\" is \"%s\"; encoders that become ONNX are bert, roberta, xlm-roberta and modernbert"
                    .formatted(type));
      };
    } catch (IllegalArgumentException e) {
      throw new DataException(json.file(), "impossible shape: " + e.getMessage(), e);
    }
  }

  private EncoderConfig.Common common(String epsilonKey, double epsilon, String activationKey) {
    refuseTrue("is_decoder");
    refuseTrue("add_cross_attention");
    if (json.has("quantization_config")) {
      throw new DataException(json.file(), "\"quantization_config\" is not supported");
    }
    return new EncoderConfig.Common(
        json.requiredInteger("num_hidden_layers"),
        json.requiredInteger("hidden_size"),
        json.requiredInteger("num_attention_heads"),
        json.requiredInteger("intermediate_size"),
        json.requiredInteger("vocab_size"),
        json.number(epsilonKey).orElse(epsilon),
        Activation.read(json, activationKey));
  }

  private EncoderConfig bert(OptionalInt positionsAfter) {
    String positions = json.text("position_embedding_type").orElse("absolute");
    if (!positions.equals("absolute")) {
      throw new DataException(
          json.file(),
          "\"position_embedding_type\" is \"%s\"; only absolute is supported".formatted(positions));
    }
    return new EncoderConfig.Bert(
        common("layer_norm_eps", 1e-12, "hidden_act"),
        json.integer("max_position_embeddings").orElse(512),
        json.integer("type_vocab_size").orElse(2),
        positionsAfter);
  }

  private EncoderConfig modernBert() {
    EncoderConfig.Common common = common("norm_eps", 1e-5, "hidden_activation");
    if (json.has("rope_scaling")) {
      throw new DataException(json.file(), "\"rope_scaling\" is not supported");
    }
    double globalTheta = theta(GLOBAL, "global_rope_theta", 160_000);
    // An explicit null meant that all layers turn alike, before rope_parameters came.
    double localTheta =
        theta(LOCAL, "local_rope_theta", json.isNull("local_rope_theta") ? globalTheta : 10_000);
    return new EncoderConfig.ModernBert(
        common,
        json.flag("norm_bias").orElse(false),
        json.flag("attention_bias").orElse(false),
        json.flag("mlp_bias").orElse(false),
        globalLayers(common.layers()),
        json.integer("local_attention").orElse(128) / 2,
        globalTheta,
        localTheta);
  }

  private List<Boolean> globalLayers(int layers) {
    if (json.has("layer_types")) {
      return json.elements("layer_types").map(this::isGlobal).toList();
    }
    int every = json.integer("global_attn_every_n_layers").orElse(3);
    if (every < 1) {
      throw new DataException(
          json.file(), "\"global_attn_every_n_layers\" is %d; at least 1".formatted(every));
    }
    return IntStream.range(0, layers).mapToObj(layer -> layer % every == 0).toList();
  }

  private boolean isGlobal(JsonNode type) {
    return switch (type.asString("")) {
      case GLOBAL -> true;
      case LOCAL -> false;
      default ->
          throw new DataException(
              json.file(),
              "\"layer_types\" lists %s; known are %s and %s".formatted(type, GLOBAL, LOCAL));
    };
  }

  /// RoPE's base of a kind of layers, from `rope_parameters` or, in older files, a key of its own.
  private double theta(String kind, String oldKey, double absent) {
    Optional<JsonObject> rope = json.object("rope_parameters").flatMap(all -> all.object(kind));
    String type = rope.flatMap(r -> r.text("rope_type")).orElse("default");
    if (!type.equals("default")) {
      throw new DataException(
          json.file(),
          "\"rope_type\" of %s is \"%s\"; only default is supported".formatted(kind, type));
    }
    return rope.flatMap(r -> r.number("rope_theta")).or(() -> json.number(oldKey)).orElse(absent);
  }

  private void refuseTrue(String key) {
    if (json.flag(key).orElse(false)) {
      throw new DataException(json.file(), "\"%s\" is true; an encoder has false".formatted(key));
    }
  }
}
