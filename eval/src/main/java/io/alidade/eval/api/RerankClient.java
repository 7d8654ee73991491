package io.alidade.eval.api;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A reranking server.
public record RerankClient(Endpoint endpoint, RerankProtocol protocol) implements Reranker {
  /// What text-embeddings-inference takes in one request unless told otherwise.
  private static final int TEXTS_A_REQUEST = 32;

  @Override
  public double[] scores(String query, List<String> texts) {
    double[] scores = new double[texts.size()];
    for (int from = 0; from < texts.size(); from += TEXTS_A_REQUEST) {
      List<String> some = texts.subList(from, Math.min(from + TEXTS_A_REQUEST, texts.size()));
      double[] answered = ask(query, some);
      System.arraycopy(answered, 0, scores, from, answered.length);
    }
    return scores;
  }

  private double[] ask(String query, List<String> texts) {
    JsonNode answer = endpoint.post(protocol.path(), protocol.request(query, texts));
    JsonNode list = protocol.list(answer);
    if (!list.isArray() || list.size() != texts.size()) {
      throw wrong(
          "there is no list of %d scores but %s".formatted(texts.size(), VectorJson.brief(answer)));
    }
    double[] scores = new double[texts.size()];
    Arrays.fill(scores, Double.NaN);
    for (JsonNode result : list) {
      int index = result.path("index").asInt(-1);
      double score = result.path(protocol.scoreKey()).asDouble(Double.NaN);
      if (index < 0 || index >= scores.length || !Double.isNaN(scores[index])) {
        throw wrong("\"index\" is %d, twice or beyond the list".formatted(index));
      }
      if (!Double.isFinite(score)) {
        throw wrong(
            "there is no number \"%s\" in %s"
                .formatted(protocol.scoreKey(), VectorJson.brief(result)));
      }
      scores[index] = score;
    }
    return scores;
  }

  private ServerException wrong(String what) {
    return new ServerException(
        200, "%s does not answer as expected: %s".formatted(endpoint.uri(protocol.path()), what));
  }
}
