package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.TransformerConfig;
import io.alidade.model.weights.GgufArchitecture;
import io.alidade.model.weights.GgufHeader;
import io.alidade.model.weights.GgufMetadata;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Says the metadata of a GGUF file in the terms of a `config.json`, so that both are read by the
/// same rules and a model that came as GGUF can be written as a folder.
///
/// What the metadata leave out is what llama.cpp takes for the architecture.
public final class GgufConfig {
  private static final String EMBEDDING = "token_embd.weight";
  private static final String POSITIONS = "position_embd.weight";
  private static final String TYPES = "token_types.weight";
  private static final String PADDING = "tokenizer.ggml.padding_token_id";
  private static final String OUTPUT = "output.weight";
  private static final int SLIDING_PERIOD_OF_GEMMA3 = 6;
  private static final int WINDOW_OF_GEMMA2 = 4096;

  private final GgufHeader file;
  private final GgufMetadata metadata;
  private final GgufArchitecture architecture;
  private final ObjectNode json = JsonNodeFactory.instance.objectNode();

  private GgufConfig(GgufHeader file) {
    this.file = file;
    this.metadata = file.metadata();
    this.architecture = GgufArchitecture.of(metadata);
  }

  /// The configuration of a decoder.
  ///
  /// @throws DataException if the file is of an encoder
  public static DecoderConfig read(GgufHeader file) {
    return HuggingFaceConfig.decoder(json(file));
  }

  /// The configuration of a decoder or an encoder.
  public static TransformerConfig transformer(GgufHeader file) {
    return HuggingFaceConfig.read(json(file));
  }

  /// The `config.json` of the bare model in the file.
  public static JsonObject json(GgufHeader file) {
    return new JsonObject(file.metadata().file(), new GgufConfig(file).translated());
  }

  private ObjectNode translated() {
    refuseUnsupported();
    int hidden = integer("embedding_length");
    int heads = integer("attention.head_count");
    json.put("model_type", modelType());
    json.putArray("architectures").add(modelClass());
    json.put("hidden_size", hidden);
    json.put("num_hidden_layers", integer("block_count"));
    json.put("num_attention_heads", heads);
    json.put("intermediate_size", integer("feed_forward_length"));
    json.put("vocab_size", rows(EMBEDDING, "token"));
    if (architecture.isEncoder()) {
      addEncoder();
    } else {
      addDecoder(hidden, heads);
    }
    return json;
  }

  private void addDecoder(int hidden, int heads) {
    int headDim = headDim(hidden, heads);
    json.put("num_key_value_heads", integer("attention.head_count_kv", heads));
    json.put("head_dim", headDim);
    json.put("max_position_embeddings", integer("context_length"));
    json.put("rms_norm_eps", metadata.number(key("attention.layer_norm_rms_epsilon")));
    json.put("tie_word_embeddings", !file.names().contains(OUTPUT));
    family(hidden, heads, headDim);
    new GgufRope(file, architecture, headDim).addTo(json);
  }

  /// Of positions and token types the file has a row for each.
  private void addEncoder() {
    json.put("max_position_embeddings", rows(POSITIONS, "position"));
    json.put("type_vocab_size", file.names().contains(TYPES) ? rows(TYPES, "token type") : 0);
    json.put("layer_norm_eps", metadata.number(key("attention.layer_norm_epsilon")));
    json.put("hidden_act", "gelu");
    json.put("pad_token_id", metadata.optionalInteger(PADDING).orElse(0));
  }

  private String modelType() {
    return switch (architecture) {
      // Mistral's files name llama; its windows, if the file has them, are all that is different.
      case LLAMA -> window() > 0 ? "mistral" : "llama";
      case GEMMA3, GEMMA_EMBEDDING -> "gemma3_text";
      default -> architecture.label();
    };
  }

  private String modelClass() {
    return switch (architecture) {
      case LLAMA -> window() > 0 ? "MistralModel" : "LlamaModel";
      case QWEN2 -> "Qwen2Model";
      case QWEN3 -> "Qwen3Model";
      case SMOLLM3 -> "SmolLM3Model";
      case GEMMA -> "GemmaModel";
      case GEMMA2 -> "Gemma2Model";
      case GEMMA3, GEMMA_EMBEDDING -> "Gemma3TextModel";
      case PHI3 -> "Phi3Model";
      case BERT -> "BertModel";
    };
  }

  private void family(int hidden, int heads, int headDim) {
    switch (architecture) {
      case LLAMA, QWEN3 -> {
        addBiases();
        json.put("hidden_act", "silu");
        addWindow();
      }
      case QWEN2 -> {
        json.put("hidden_act", "silu");
        addWindow();
      }
      case SMOLLM3 -> {
        addBiases();
        json.put("hidden_act", "silu").put("no_rope_layer_interval", 4);
        addWindow();
      }
      case GEMMA -> json.put("hidden_activation", "gelu_pytorch_tanh");
      case GEMMA2 -> {
        addGemma(hidden, heads, headDim, 46);
        json.put("attn_logit_softcapping", number("attn_logit_softcapping", 50));
        json.put("final_logit_softcapping", number("final_logit_softcapping", 30));
        json.put("sliding_window", integer("attention.sliding_window", WINDOW_OF_GEMMA2));
      }
      case GEMMA3, GEMMA_EMBEDDING -> {
        addGemma(hidden, heads, headDim, 62);
        addGemma3Windows();
        if (architecture == GgufArchitecture.GEMMA_EMBEDDING) {
          json.put("use_bidirectional_attention", true);
        }
      }
      case PHI3 -> {
        json.put("hidden_act", "silu");
        addWindow();
      }
      case BERT -> throw new IllegalStateException("an encoder has no family of decoders");
    }
  }

  private void addBiases() {
    json.put("attention_bias", file.names().contains("blk.0.attn_q.bias"));
    json.put("mlp_bias", file.names().contains("blk.0.ffn_gate.bias"));
  }

  /// Scores are divided by the root of the head's width, but for the largest model of a series,
  /// which is known by its number of layers.
  private void addGemma(int hidden, int heads, int headDim, int layersOfLargest) {
    boolean largest = integer("block_count") == layersOfLargest;
    json.put("hidden_activation", "gelu_pytorch_tanh");
    json.put("query_pre_attn_scalar", largest ? hidden / Math.max(1, heads) : headDim);
  }

  private void addGemma3Windows() {
    String pattern = key("attention.sliding_window_pattern");
    if (window() == 0) {
      json.putNull("sliding_window");
    } else {
      json.put("sliding_window", window());
    }
    if (metadata.values().get(pattern) instanceof List<?>) {
      ArrayNode types = json.putArray("layer_types");
      metadata
          .flags(pattern)
          .forEach(sliding -> types.add(sliding ? "sliding_attention" : "full_attention"));
    } else {
      json.put(
          "sliding_window_pattern",
          metadata.optionalInteger(pattern).orElse(SLIDING_PERIOD_OF_GEMMA3));
    }
  }

  /// Where the file does not say which layers have the window, only families in which all have it
  /// can be read.
  private void addWindow() {
    if (window() == 0) {
      return;
    }
    if (architecture != GgufArchitecture.LLAMA && architecture != GgufArchitecture.PHI3) {
      throw new DataException(
          metadata.file(),
          "\"%s\" is %d, and nothing says which layers of a %s model have that window"
              .formatted(key("attention.sliding_window"), window(), architecture.label()));
    }
    json.put("sliding_window", window());
  }

  private int window() {
    return integer("attention.sliding_window", 0);
  }

  private int headDim(int hidden, int heads) {
    int keys = integer("attention.key_length", hidden / Math.max(1, heads));
    int values = integer("attention.value_length", keys);
    if (keys != values) {
      throw new DataException(
          metadata.file(),
          "keys of %d values and values of %d are not supported; both must be as long"
              .formatted(keys, values));
    }
    return keys;
  }

  private int rows(String matrix, String what) {
    long[] shape = file.shape(matrix);
    if (shape.length != 2 || shape[0] > Integer.MAX_VALUE) {
      throw new DataException(
          metadata.file(),
          "tensor \"%s\" has %d dimensions; it must be a matrix with a row a %s"
              .formatted(matrix, shape.length, what));
    }
    return (int) shape[0];
  }

  private void refuseUnsupported() {
    if (integer("expert_count", 0) > 0) {
      throw new DataException(metadata.file(), "mixtures of experts are not supported");
    }
    String causal = key("attention.causal");
    boolean usual = !architecture.isEncoder();
    if (architecture != GgufArchitecture.GEMMA_EMBEDDING
        && metadata.has(causal)
        && metadata.flag(causal) != usual) {
      throw new DataException(
          metadata.file(), "\"%s\" is %s; only %s is supported".formatted(causal, !usual, usual));
    }
  }

  private int integer(String name) {
    return metadata.integer(key(name));
  }

  private int integer(String name, int absent) {
    return metadata.optionalInteger(key(name)).orElse(absent);
  }

  private double number(String name, double absent) {
    return metadata.has(key(name)) ? metadata.number(key(name)) : absent;
  }

  private String key(String name) {
    return architecture.key(name);
  }
}
