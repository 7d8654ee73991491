package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.config.Family.Trait;
import io.alidade.model.rope.RopeConfig;
import io.alidade.model.rope.RopeScaling;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads RoPE's settings: under `rope_parameters` from transformers 5 on, before that `rope_theta`
/// at the top level with `rope_scaling` beside it. A key within the object goes before one at the
/// top level.
record RopeReader(JsonObject json, Family family, int headDim) {
  private static final String PARTIAL = "partial_rotary_factor";
  private static final String ORIGINAL = "original_max_position_embeddings";

  /// The settings of layers that see everything, and of all layers in most families.
  RopeConfig full() {
    return read(ofLayers("full_attention").or(this::shared), "rope_theta", family.absent().theta());
  }

  /// The settings of layers with a window in Gemma 3, whose base is a smaller one and unscaled.
  RopeConfig sliding() {
    return read(ofLayers("sliding_attention"), "rope_local_base_freq", 10_000);
  }

  private Optional<JsonObject> shared() {
    return json.object("rope_parameters").or(() -> json.object("rope_scaling"));
  }

  private Optional<JsonObject> ofLayers(String kind) {
    return json.object("rope_parameters").flatMap(nested -> nested.object(kind));
  }

  private RopeConfig read(Optional<JsonObject> rope, String thetaKey, double absent) {
    double theta =
        rope.flatMap(r -> r.number("rope_theta")).or(() -> json.number(thetaKey)).orElse(absent);
    return new RopeConfig(
        theta, dims(rope), rope.<RopeScaling>map(this::scaling).orElseGet(RopeScaling.None::new));
  }

  private int dims(Optional<JsonObject> rope) {
    double factor = rope.flatMap(r -> r.number(PARTIAL)).or(() -> json.number(PARTIAL)).orElse(1.0);
    if (factor != 1 && !family.has(Trait.PARTIAL_ROTATION)) {
      throw new DataException(
          json.file(),
          "\"%s\" is %s; other than 1 it is supported for phi3 only".formatted(PARTIAL, factor));
    }
    return (int) (headDim * factor);
  }

  private RopeScaling scaling(JsonObject rope) {
    String type = rope.text("rope_type").or(() -> rope.text("type")).orElse("default");
    if (family == Family.PHI3 && List.of("su", "yarn").contains(type)) {
      type = "longrope";
    }
    return switch (type) {
      case "default" -> new RopeScaling.None();
      case "linear" -> new RopeScaling.Linear(required(rope, "factor"));
      case "dynamic" -> new RopeScaling.Dynamic(required(rope, "factor"), maxPositions());
      case "llama3" ->
          new RopeScaling.Llama3(
              required(rope, "factor"),
              required(rope, "low_freq_factor"),
              required(rope, "high_freq_factor"),
              originalPositions(rope));
      case "yarn" -> yarn(rope);
      case "longrope" -> longRope(rope);
      default ->
          throw new DataException(
              json.file(),
              "RoPE scaling of type \"%s\" is not supported; supported are default, linear, dynamic, llama3, yarn and longrope"
                  .formatted(type));
    };
  }

  private RopeScaling yarn(JsonObject rope) {
    int original = originalPositions(rope);
    double factor = rope.number("factor").orElse((double) maxPositions() / original);
    Optional<Double> mscale = rope.number("mscale").filter(value -> value != 0);
    Optional<Double> allDims = rope.number("mscale_all_dim").filter(value -> value != 0);
    double inferred =
        mscale.isPresent() && allDims.isPresent()
            ? RopeScaling.Yarn.amplitude(factor, mscale.get())
                / RopeScaling.Yarn.amplitude(factor, allDims.get())
            : RopeScaling.Yarn.amplitude(factor, 1);
    return new RopeScaling.Yarn(
        factor,
        rope.number("attention_factor").orElse(inferred),
        rope.number("beta_fast").filter(value -> value != 0).orElse(32.0),
        rope.number("beta_slow").filter(value -> value != 0).orElse(1.0),
        original,
        rope.flag("truncate").orElse(true));
  }

  private RopeScaling longRope(JsonObject rope) {
    int original = originalPositions(rope);
    double factor = rope.number("factor").orElse((double) maxPositions() / original);
    return new RopeScaling.LongRope(
        numbers(rope, "short_factor"),
        numbers(rope, "long_factor"),
        original,
        rope.number("attention_factor").orElse(RopeScaling.LongRope.amplitude(factor, original)));
  }

  private List<Double> numbers(JsonObject rope, String key) {
    List<JsonNode> elements = rope.elements(key).toList();
    if (elements.isEmpty() || !elements.stream().allMatch(JsonNode::isNumber)) {
      throw new DataException(json.file(), "RoPE's \"%s\" must list numbers".formatted(key));
    }
    return elements.stream().map(JsonNode::doubleValue).toList();
  }

  private double required(JsonObject rope, String key) {
    return rope.number(key)
        .orElseThrow(() -> new DataException(json.file(), "RoPE needs \"%s\"".formatted(key)));
  }

  /// The length of the first training; Phi-3 keeps it at the top level.
  private int originalPositions(JsonObject rope) {
    return json.integer(ORIGINAL).orElseGet(() -> rope.integer(ORIGINAL).orElse(maxPositions()));
  }

  private int maxPositions() {
    return json.integer("max_position_embeddings").orElse(HuggingFaceConfig.DEFAULT_MAX_POSITIONS);
  }
}
