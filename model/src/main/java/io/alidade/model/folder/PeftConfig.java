package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import io.alidade.model.lora.LoraConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/// PEFT's `adapter_config.json` of a LoRA adapter. Features that change the vectors and are not
/// implemented are refused by name.
///
/// @param base the name or path of the base model, if given
record PeftConfig(LoraConfig lora, Optional<String> base) {
  static final String FILE = "adapter_config.json";

  /// Switches that must be off.
  private static final List<String> FLAGS =
      List.of("use_dora", "use_rslora", "use_qalora", "fan_in_fan_out", "lora_bias");

  /// Keys that must be absent, null or empty.
  private static final List<String> EMPTY =
      List.of(
          "modules_to_save",
          "rank_pattern",
          "alpha_pattern",
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
              json.number("lora_dropout").orElse(0.0));
      return new PeftConfig(lora, json.text("base_model_name_or_path").filter(n -> !n.isBlank()));
    } catch (IllegalArgumentException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
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

  /// Every key that PEFT itself writes and older versions know, in alphabetical order.
  ///
  /// @param targets the last parts of the adapted maps' names, such as `q_proj`
  static void write(Path file, LoraConfig lora, String base, List<String> targets) {
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
    for (String key : List.of("alpha_pattern", "loftq_config", "rank_pattern")) {
      json.put(key, Map.of());
    }
    for (String key : List.of("fan_in_fan_out", "lora_bias", "use_dora", "use_rslora")) {
      json.put(key, false);
    }
    json.put("base_model_name_or_path", base);
    json.put("bias", "none");
    json.put("inference_mode", true);
    json.put("init_lora_weights", true);
    // PEFT types it as an integer; a whole alpha is written as one.
    boolean whole = lora.alpha() == Math.rint(lora.alpha());
    json.put("lora_alpha", whole ? (Number) (long) lora.alpha() : (Number) lora.alpha());
    json.put("lora_dropout", lora.dropout());
    json.put("megatron_core", "megatron.core");
    json.put("peft_type", "LORA");
    json.put("r", lora.rank());
    json.put("target_modules", targets);
    json.put("task_type", "FEATURE_EXTRACTION");
    JsonFiles.write(file, json);
  }
}
