package io.alidade.synth.llm;

import io.alidade.core.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// One prompt for one LLM, with everything the answer depends on.
///
/// @param callId what it is for, such as `example/17`: two calls with the same words are still two
/// @param llm the model and its parameters
/// @param seed for the server's sampling
/// @param shape of the JSON that is wanted
public record ChatRequest(String callId, LlmConfig llm, String prompt, long seed, Shape shape) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Tokens that a server's chat template adds around a prompt, generously.
  private static final int TEMPLATE_TOKENS = 64;

  /// The JSON object wanted in the answer.
  ///
  /// @param keys all required, in the order in which they are written: what comes later is written
  ///   in view of what came before
  /// @param lists whether each key holds a list of texts and not one text
  /// @param choices of keys that may not hold any text, but one of some
  public record Shape(List<String> keys, boolean lists, Map<String, List<String>> choices) {

    public Shape {
      keys = List.copyOf(keys);
      choices = Map.copyOf(choices);
    }

    /// Keys that hold any text.
    public Shape(List<String> keys, boolean lists) {
      this(keys, lists, Map.of());
    }

    /// As JSON Schema, in the strict form that OpenAI demands.
    public String schema() {
      var properties = new LinkedHashMap<String, Object>();
      keys.forEach(key -> properties.put(key, lists ? list(text(key)) : text(key)));
      var schema = new TreeMap<String, Object>();
      schema.put("type", "object");
      schema.put("properties", properties);
      schema.put("required", keys);
      schema.put("additionalProperties", false);
      return JSON.writeValueAsString(schema);
    }

    private Map<String, Object> text(String key) {
      var text = new TreeMap<String, Object>();
      text.put("type", "string");
      if (choices.containsKey(key)) {
        text.put("enum", choices.get(key));
      }
      return text;
    }

    private static Map<String, Object> list(Map<String, Object> items) {
      return new TreeMap<>(Map.of("type", "array", "items", items));
    }
  }

  /// The request's content id: what was answered under it need never be asked again.
  public String hash() {
    var content = new TreeMap<String, Object>();
    content.put("call", callId);
    content.put("model", llm.model());
    content.put("prompt", prompt);
    content.put("temperature", llm.temperature());
    content.put("top_p", llm.topP());
    content.put("max_tokens", llm.maxTokens());
    content.put("output", llm.output().name());
    content.put("seed", seed);
    content.put("schema", shape.schema());
    return Sha256.ofText(JSON.writeValueAsString(content));
  }

  /// No server counts more tokens than this for the prompt: none of a tokenizer's tokens is shorter
  /// than a byte, and the schema may count as well.
  public long mostInputTokens() {
    int schema = llm.output() == OutputFormat.JSON_SCHEMA ? shape.schema().length() : 0;
    return (long) prompt.getBytes(StandardCharsets.UTF_8).length + schema + TEMPLATE_TOKENS;
  }
}
