package io.alidade.eval.api;

import io.alidade.eval.api.VectorJson.NotVectors;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `POST /embeddings` of llama.cpp's server, its own form beside OpenAI's: each text has a list of
/// vectors, of which there is one if the server pools.
public record LlamaCppProtocol() implements EmbeddingProtocol {

  @Override
  public String path() {
    return "/embeddings";
  }

  @Override
  public JsonNode request(List<String> texts) {
    ObjectNode request = JsonMapper.shared().createObjectNode();
    texts.forEach(request.putArray("input")::add);
    return request;
  }

  @Override
  public List<float[]> vectors(JsonNode answer) {
    return VectorJson.indexed(answer, "the answer", object -> pooled(object.path("embedding")));
  }

  private static float[] pooled(JsonNode embedding) {
    if (embedding.path(0).isNumber()) {
      return VectorJson.vector(embedding);
    }
    if (embedding.size() > 1) {
      throw new NotVectors(
          "there is a vector for each of %d tokens; start the server with --pooling last"
              .formatted(embedding.size()));
    }
    return VectorJson.vector(embedding.path(0));
  }
}
