package io.alidade.synth.llm;

import io.alidade.core.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
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
  public record Shape(List<String> keys, boolean lists) {

    public Shape {
      keys = List.copyOf(keys);
    }

    /// As JSON Schema, in the strict form that OpenAI demands.
    public String schema() {
      var text = new TreeMap<String, Object>();
      text.put("type", "string");
      var list = new TreeMap<String, Object>();
      list.put("type", "array");
      list.put("items", text);
      var properties = new LinkedHashMap<String, Object>();
      keys.forEach(key -> properties.put(key, lists ? list : text));
      var schema = new TreeMap<String, Object>();
      schema.put("type", "object");
      schema.put("properties", properties);
      schema.put("required", keys);
      schema.put("additionalProperties", false);
      return JSON.writeValueAsString(schema);
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
