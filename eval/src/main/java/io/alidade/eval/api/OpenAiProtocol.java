package io.alidade.eval.api;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// OpenAI's `POST /v1/embeddings`, which most servers have.
///
/// @param model the name to ask for; empty to name none, where the server allows that
public record OpenAiProtocol(String model, Encoding encoding) implements EmbeddingProtocol {

  /// How vectors are written.
  public enum Encoding {
    FLOAT,
    BASE64
  }

  @Override
  public String path() {
    return "/v1/embeddings";
  }

  @Override
  public JsonNode request(List<String> texts) {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    if (!model.isEmpty()) {
      request.put("model", model);
    }
    request.put("encoding_format", encoding.name().toLowerCase(Locale.ROOT));
    texts.forEach(request.putArray("input")::add);
    return request;
  }

  @Override
  public List<float[]> vectors(JsonNode answer) {
    return VectorJson.indexed(
        answer.path("data"), "data", object -> VectorJson.vector(object.path("embedding")));
  }
}
