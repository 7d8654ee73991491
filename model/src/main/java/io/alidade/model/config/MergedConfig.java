package io.alidade.model.config;

import io.alidade.model.DecoderConfig;
import io.alidade.model.LayerAttention;
import io.alidade.model.rope.RopeConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The `config.json` beside merged float32 weights: the backbone's own with what changed, or one
/// made anew for a backbone that came without, from GGUF.
public final class MergedConfig {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private MergedConfig() {}

  /// The backbone's file, for a model without its language-modelling head and in float32.
  public static String of(Path backbone) {
    JsonObject json = JsonObject.read(backbone);
    ObjectNode merged = (ObjectNode) json.node().deepCopy();
    merged.remove("dtype");
    merged.put("torch_dtype", "float32").put("use_cache", false);
    List<String> models =
        json.elements("architectures")
            .map(node -> node.asString().replaceFirst("For(CausalLM|.*LM)$", "Model"))
            .toList();
    if (!models.isEmpty()) {
      var architectures = merged.putArray("architectures");
      models.forEach(architectures::add);
    }
    return JSON.writeValueAsString(merged) + "\n";
  }

  /// A plain Llama's.
  ///
  /// @param bos the token that starts a text, if the tokenizer has one
  /// @param pad the token for padding; any, as it is masked
  public static String ofLlama(DecoderConfig config, OptionalInt bos, int eos, int pad) {
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
    json.put("model_type", "llama");
    json.put("num_attention_heads", config.heads());
    json.put("num_hidden_layers", config.layers());
    json.put("num_key_value_heads", config.keyHeads());
    json.put("pad_token_id", pad);
    json.put("rms_norm_eps", config.norms().epsilon());
    json.put("rope_theta", theta(config));
    json.put("tie_word_embeddings", config.tiedEmbeddings());
    json.put("torch_dtype", "float32");
    json.put("use_cache", false);
    json.put("vocab_size", config.vocabulary());
    return JSON.writeValueAsString(json) + "\n";
  }

  private static double theta(DecoderConfig config) {
    LayerAttention first = config.attention().layers().getFirst();
    return first.rope().map(RopeConfig::theta).orElseThrow();
  }
}
