package io.alidade.eval.api;

import io.alidade.eval.api.VectorJson.NotVectors;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A server asked in its protocol.
public record EmbeddingClient(Endpoint endpoint, EmbeddingProtocol protocol) {

  /// The vectors of the texts in one request, in their order; they may have any length.
  ///
  /// @throws ServerException if the server cannot be asked or gives something else
  public float[][] embed(List<String> texts) {
    JsonNode answer = endpoint.post(protocol.path(), protocol.request(texts));
    List<float[]> vectors;
    try {
      vectors = protocol.vectors(answer);
    } catch (NotVectors e) {
      throw wrong("" + e.getMessage());
    }
    if (vectors.size() != texts.size()) {
      throw wrong("there are %d vectors for %d texts".formatted(vectors.size(), texts.size()));
    }
    for (float[] vector : vectors) {
      requireUsable(vector, vectors.getFirst().length);
    }
    return vectors.toArray(float[][]::new);
  }

  private void requireUsable(float[] vector, int dimensions) {
    if (vector.length != dimensions) {
      throw wrong(
          "vectors have %d and %d dimensions in one answer".formatted(dimensions, vector.length));
    }
    for (float value : vector) {
      if (!Float.isFinite(value)) {
        throw wrong("a vector holds " + value);
      }
    }
  }

  private ServerException wrong(String what) {
    return new ServerException(
        200, "%s does not answer as expected: %s".formatted(endpoint.uri(protocol.path()), what));
  }
}
