package io.alidade.model.config;

import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Makes the `config.json` of a model with merged weights out of its backbone's.
public final class MergedConfig {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private MergedConfig() {}

  /// The backbone's file, for a model without its language-modelling head and in float32.
  public static String of(JsonObject backbone) {
    return JSON.writeValueAsString(merged(backbone)) + "\n";
  }

  /// As [#of(JsonObject)], with the special tokens where the file names none.
  ///
  /// @param bos the token that starts a text, if the tokenizer has one
  /// @param eos the token that ends it; also for padding where the file names none, as that is
  ///   masked
  public static String of(JsonObject backbone, OptionalInt bos, int eos) {
    ObjectNode merged = merged(backbone);
    bos.ifPresent(id -> putIfAbsent(merged, "bos_token_id", id));
    putIfAbsent(merged, "eos_token_id", eos);
    putIfAbsent(merged, "pad_token_id", eos);
    return JSON.writeValueAsString(merged) + "\n";
  }

  private static ObjectNode merged(JsonObject backbone) {
    ObjectNode merged = (ObjectNode) backbone.node().deepCopy();
    merged.remove("dtype");
    merged.put("torch_dtype", "float32").put("use_cache", false);
    List<String> models =
        backbone
            .elements("architectures")
            .map(node -> node.asString().replaceFirst("For(CausalLM|.*LM)$", "Model"))
            .toList();
    if (!models.isEmpty()) {
      var architectures = merged.putArray("architectures");
      models.forEach(architectures::add);
    }
    return merged;
  }

  private static void putIfAbsent(ObjectNode json, String key, int id) {
    if (!json.hasNonNull(key)) {
      json.put(key, id);
    }
  }
}
