package io.alidade.eval.api;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `POST /embed` of text-embeddings-inference. Texts beyond the server's limit are cut there.
public record TeiProtocol() implements EmbeddingProtocol {

  @Override
  public String path() {
    return "/embed";
  }

  @Override
  public JsonNode request(List<String> texts) {
    ObjectNode request = JsonMapper.shared().createObjectNode().put("truncate", true);
    texts.forEach(request.putArray("inputs")::add);
    return request;
  }

  @Override
  public List<float[]> vectors(JsonNode answer) {
    return VectorJson.list(answer, "the answer");
  }
}
