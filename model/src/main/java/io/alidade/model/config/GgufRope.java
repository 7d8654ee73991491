package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.rope.RopeScaling;
import io.alidade.model.weights.GgufArchitecture;
import io.alidade.model.weights.GgufHeader;
import io.alidade.model.weights.GgufMetadata;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// RoPE's settings in a GGUF file: keys `ARCHITECTURE.rope.…`, and tensors that hold a factor for
/// each pair of values, by which its frequency is divided.
record GgufRope(GgufHeader file, GgufArchitecture architecture, int headDim) {
  static final String FACTORS = "rope_freqs.weight";
  static final String LONG_FACTORS = "rope_factors_long.weight";
  static final String SHORT_FACTORS = "rope_factors_short.weight";

  private static final double DEFAULT_THETA = 10_000;

  /// What Llama 3.1 to 3.3 were stretched from, of which a file holds only the resulting factors.
  private static final double LLAMA3_LOW = 1;

  private static final double LLAMA3_HIGH = 4;
  private static final int LLAMA3_POSITIONS = 8192;
  private static final double FACTOR_TOLERANCE = 1e-4;

  void addTo(ObjectNode json) {
    double theta = number("freq_base", DEFAULT_THETA);
    json.put("rope_theta", theta);
    if (architecture == GgufArchitecture.GEMMA3
        || architecture == GgufArchitecture.GEMMA_EMBEDDING) {
      json.put("rope_local_base_freq", number("freq_base_swa", DEFAULT_THETA));
    }
    addTurned(json);
    String type = metadata().optionalText(key("scaling.type")).orElse("none");
    switch (type) {
      case "none" -> addFactors(json, theta);
      case "linear" ->
          json.putObject("rope_scaling").put("rope_type", "linear").put("factor", factor());
      case "yarn" -> addYarn(json.putObject("rope_scaling"));
      case "longrope" -> addFactors(json, theta);
      default ->
          throw new DataException(
              metadata().file(),
              "RoPE scaling of type \"%s\" is not supported; supported are none, linear, yarn and longrope"
                  .formatted(type));
    }
  }

  private void addTurned(ObjectNode json) {
    int turned = metadata().optionalInteger(key("dimension_count")).orElse(headDim);
    if (architecture == GgufArchitecture.PHI3) {
      json.put("partial_rotary_factor", (double) turned / headDim);
    } else if (turned != headDim) {
      throw new DataException(
          metadata().file(),
          "RoPE turns %d of %d dimensions; only all are supported".formatted(turned, headDim));
    }
  }

  private void addYarn(ObjectNode rope) {
    for (String key : List.of("scaling.yarn_attn_factor", "scaling.attn_factor")) {
      if (number(key, 1) != 1) {
        throw new DataException(
            metadata().file(),
            "\"%s\" is %s; only 1 is supported".formatted(key(key), number(key, 1)));
      }
    }
    rope.put("rope_type", "yarn").put("factor", factor());
    rope.put(
        "original_max_position_embeddings",
        metadata().integer(key("scaling.original_context_length")));
    rope.put("beta_fast", number("scaling.yarn_beta_fast", 32));
    rope.put("beta_slow", number("scaling.yarn_beta_slow", 1));
  }

  private void addFactors(ObjectNode json, double theta) {
    if (file.names().contains(LONG_FACTORS)) {
      int original = metadata().integer(key("scaling.original_context_length"));
      ObjectNode rope = json.putObject("rope_scaling").put("rope_type", "longrope");
      add(rope.putArray("short_factor"), SHORT_FACTORS);
      add(rope.putArray("long_factor"), LONG_FACTORS);
      rope.put("attention_factor", amplitude(json, original));
      json.put("original_max_position_embeddings", original);
    } else if (file.names().contains(FACTORS)) {
      addFrequencies(json, theta);
    }
  }

  /// The rule's where the file has it, rounded, or nothing.
  private double amplitude(ObjectNode json, int original) {
    double positions = json.path("max_position_embeddings").intValue();
    double byRule = RopeScaling.LongRope.amplitude(positions / original, original);
    double stored = number("scaling.attn_factor", byRule);
    return (float) stored == (float) byRule ? byRule : stored;
  }

  /// As Llama 3's where they are; else as factors that are the same for texts of all lengths.
  private void addFrequencies(ObjectNode json, double theta) {
    double[] factors = file.values(FACTORS);
    double factor = Arrays.stream(factors).max().orElse(1);
    ObjectNode rope = json.putObject("rope_scaling");
    if (areLlama3(factors, factor, theta)) {
      rope.put("rope_type", "llama3").put("factor", factor);
      rope.put("low_freq_factor", LLAMA3_LOW).put("high_freq_factor", LLAMA3_HIGH);
    } else {
      rope.put("rope_type", "longrope").put("attention_factor", 1.0);
      add(rope.putArray("short_factor"), FACTORS);
      add(rope.putArray("long_factor"), FACTORS);
    }
    rope.put("original_max_position_embeddings", LLAMA3_POSITIONS);
  }

  private boolean areLlama3(double[] factors, double factor, double theta) {
    var llama3 = new RopeScaling.Llama3(factor, LLAMA3_LOW, LLAMA3_HIGH, LLAMA3_POSITIONS);
    double[] plain =
        IntStream.range(0, factors.length)
            .mapToDouble(i -> Math.pow(theta, -2.0 * i / headDim))
            .toArray();
    double[] scaled = llama3.scale(plain.clone(), theta, 1);
    return factor > 1
        && IntStream.range(0, factors.length)
            .allMatch(i -> Math.abs(plain[i] / scaled[i] / factors[i] - 1) < FACTOR_TOLERANCE);
  }

  /// The shortest decimals that stand for the file's numbers of 32 bits.
  private void add(ArrayNode list, String tensor) {
    for (double value : file.values(tensor)) {
      list.add(Double.parseDouble(Float.toString((float) value)));
    }
  }

  private double factor() {
    return metadata().number(key("scaling.factor"));
  }

  private double number(String name, double absent) {
    return metadata().has(key(name)) ? metadata().number(key(name)) : absent;
  }

  private String key(String name) {
    return architecture.key("rope." + name);
  }

  private GgufMetadata metadata() {
    return file.metadata();
  }
}
