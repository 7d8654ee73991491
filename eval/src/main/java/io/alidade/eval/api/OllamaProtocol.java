package io.alidade.eval.api;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Ollama's `POST /api/embed`. Texts beyond the server's limit are cut there.
///
/// @param model the name to ask for
public record OllamaProtocol(String model) implements EmbeddingProtocol {

  @Override
  public String path() {
    return "/api/embed";
  }

  @Override
  public JsonNode request(List<String> texts) {
    ObjectNode request =
        JsonMapper.shared().createObjectNode().put("model", model).put("truncate", true);
    texts.forEach(request.putArray("input")::add);
    return request;
  }

  @Override
  public List<float[]> vectors(JsonNode answer) {
    return VectorJson.list(answer.path("embeddings"), "embeddings");
  }
}
