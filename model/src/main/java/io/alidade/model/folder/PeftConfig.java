package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.lora.LoraTargets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/// PEFT's `adapter_config.json` of a LoRA adapter. Features that change the vectors and are not
/// implemented are refused by name.
///
/// @param lora rank and alpha of modules that no pattern names, and how they make the factor
/// @param base the name or path of the base model, if given
/// @param decomposed whether rows have trained magnitudes (DoRA)
/// @param ranks ranks by pattern of a module's name
/// @param alphas alphas by pattern of a module's name
/// @param savedWhole names of modules that were trained whole
record PeftConfig(
    LoraConfig lora,
    Optional<String> base,
    boolean decomposed,
    Map<String, Double> ranks,
    Map<String, Double> alphas,
    List<String> savedWhole) {
  static final String FILE = "adapter_config.json";

  /// Switches that must be off.
  private static final List<String> FLAGS = List.of("use_qalora", "fan_in_fan_out", "lora_bias");

  /// Keys that must be absent, null or empty.
  private static final List<String> EMPTY =
      List.of(
          "layer_replication",
          "trainable_token_indices",
          "target_parameters",
          "alora_invocation_tokens",
          "megatron_config");

  /// Initialisations that leave the base model as it is.
  private static final List<String> INITIALISATIONS =
      List.of("true", "false", "\"gaussian\"", "\"orthogonal\"");

  static PeftConfig read(Path file) {
    JsonObject json = JsonObject.read(file);
    String type = json.requiredText("peft_type");
    if (!type.equals("LORA")) {
      throw new DataException(file, "peft_type is \"%s\"; only LORA is supported".formatted(type));
    }
    refuseUnsupported(json);
    try {
      var lora =
          new LoraConfig(
              json.integer("r").orElse(8),
              json.number("lora_alpha").orElse(8.0),
              json.number("lora_dropout").orElse(0.0),
              0,
              LoraTargets.ALL,
              json.flag("use_rslora").orElse(false));
      return new PeftConfig(
          lora,
          json.text("base_model_name_or_path").filter(n -> !n.isBlank()),
          json.flag("use_dora").orElse(false),
          patterns(json, "rank_pattern"),
          patterns(json, "alpha_pattern"),
          json.elements("modules_to_save").map(JsonNode::asString).toList());
    } catch (IllegalArgumentException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
  }

  /// Patterns in the file's order, of which the first that matches counts.
  private static Map<String, Double> patterns(JsonObject json, String key) {
    var patterns = new LinkedHashMap<String, Double>();
    json.object(key)
        .ifPresent(
            object ->
                object
                    .keys()
                    .forEach(
                        pattern ->
                            patterns.put(
                                requirePattern(json, key, pattern),
                                object.number(pattern).orElseThrow())));
    return Collections.unmodifiableMap(patterns);
  }

  private static String requirePattern(JsonObject json, String key, String pattern) {
    try {
      Pattern.compile(pattern);
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new DataException(
          json.file(), "\"%s\" has \"%s\", which is no pattern".formatted(key, pattern), e);
    }
  }

  /// The rank of a module's adapter.
  int rank(String module) {
    return matching(ranks, module).map(Double::intValue).orElse(lora.rank());
  }

  /// The factor of a module's `B · A`.
  double scale(String module) {
    return lora.scale(rank(module), matching(alphas, module).orElse(lora.alpha()));
  }

  /// PEFT's rule: the pattern matches the end of the name, from the start of one of its parts.
  private static Optional<Double> matching(Map<String, Double> patterns, String module) {
    return patterns.entrySet().stream()
        .filter(entry -> module.matches("(.*\\.)?(" + entry.getKey() + ")"))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /// Whether a tensor is one of a module that was trained whole.
  boolean savesWhole(String tensor) {
    return savedWhole.stream()
        .anyMatch(module -> tensor.matches("(.*\\.)?" + Pattern.quote(module) + "\\.weight"));
  }

  private static void refuseUnsupported(JsonObject json) {
    for (String flag : FLAGS) {
      if (json.flag(flag).orElse(false)) {
        throw unsupported(json, flag, "true");
      }
    }
    for (String key : EMPTY) {
      JsonNode value = json.node().path(key);
      if (json.has(key) && !(value.isContainer() && value.isEmpty())) {
        throw unsupported(json, key, value.toString());
      }
    }
    String bias = json.text("bias").orElse("none");
    if (!bias.equals("none")) {
      throw unsupported(json, "bias", bias);
    }
    String initialisation = json.node().path("init_lora_weights").toString();
    if (json.has("init_lora_weights") && !INITIALISATIONS.contains(initialisation)) {
      throw unsupported(json, "init_lora_weights", initialisation);
    }
  }

  private static DataException unsupported(JsonObject json, String key, String value) {
    return new DataException(json.file(), "\"%s\": %s is not supported".formatted(key, value));
  }

  /// What PEFT finds the adapted maps by.
  ///
  /// @param modules their names or ends of these, such as `q_proj`
  /// @param parts how often a module's rank and alpha are those of the adapter, where more than
  ///   once
  record Targets(List<String> modules, Map<String, Integer> parts) {}

  /// Every key that PEFT itself writes and older versions know, in alphabetical order.
  static void write(Path file, LoraConfig lora, String base, Targets targets) {
    Map<String, Object> json = new TreeMap<>();
    for (String key :
        List.of(
            "auto_mapping",
            "layer_replication",
            "layers_pattern",
            "layers_to_transform",
            "megatron_config",
            "modules_to_save",
            "revision")) {
      json.put(key, NullNode.getInstance());
    }
    var ranks = new TreeMap<String, Object>();
    var alphas = new TreeMap<String, Object>();
    targets.parts.forEach(
        (target, count) -> {
          ranks.put(target, count * lora.rank());
          // So that the factor of each part is that of the adapter.
          double times = lora.rankStabilised() ? Math.sqrt(count) : count;
          alphas.put(target, number(times * lora.alpha()));
        });
    json.put("rank_pattern", ranks);
    json.put("alpha_pattern", alphas);
    json.put("loftq_config", Map.of());
    json.put("use_rslora", lora.rankStabilised());
    for (String key : List.of("fan_in_fan_out", "lora_bias", "use_dora")) {
      json.put(key, false);
    }
    json.put("base_model_name_or_path", base);
    json.put("bias", "none");
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    json.put("lora_alpha", number(lora.alpha()));
    json.put("lora_dropout", lora.dropout());
    json.put("megatron_core", "megatron.core");
    json.put("peft_type", "LORA");
    json.put("r", lora.rank());
    json.put("target_modules", targets.modules);
    json.put("task_type", "FEATURE_EXTRACTION");
    JsonFiles.write(file, json);
  }

  /// PEFT types alpha as an integer; a whole one is written so.
  private static Number number(double alpha) {
    return alpha == Math.rint(alpha) ? (Number) (long) alpha : (Number) alpha;
  }
}
