package io.alidade.eval.api;

import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// How a reranking server is asked for scores, and how it answers. Both kinds give a list sorted by
/// score, in which `index` says whose score it is.
public sealed interface RerankProtocol {

  /// The path behind the server's address.
  String path();

  /// The body that asks for the scores of the texts.
  JsonNode request(String query, List<String> texts);

  /// The list of scores in an answer.
  JsonNode list(JsonNode answer);

  /// Where one result of the list has its score.
  String scoreKey();

  /// `POST /rerank` of text-embeddings-inference, whose scores lie between 0 and 1. Texts beyond
  /// the server's limit are cut there.
  record Tei() implements RerankProtocol {
    @Override
    public String path() {
      return "/rerank";
    }

    @Override
    public JsonNode request(String query, List<String> texts) {
      ObjectNode request =
          JsonMapper.shared().createObjectNode().put("query", query).put("truncate", true);
      texts.forEach(request.putArray("texts")::add);
      return request;
    }

    @Override
    public JsonNode list(JsonNode answer) {
      return answer;
    }

    @Override
    public String scoreKey() {
      return "score";
    }
  }

  /// `POST /v1/rerank`, which Jina, Cohere, vLLM and llama.cpp have. The first three give scores
  /// between 0 and 1, llama.cpp the model's own, which may be negative.
  ///
  /// @param model the name to ask for; empty to name none, where the server allows that
  record V1(String model) implements RerankProtocol {
    @Override
    public String path() {
      return "/v1/rerank";
    }

    @Override
    public JsonNode request(String query, List<String> texts) {
      ObjectNode request = JsonMapper.shared().createObjectNode();
      if (!model.isEmpty()) {
        request.put("model", model);
      }
      request.put("query", query);
      texts.forEach(request.putArray("documents")::add);
      return request;
    }

    @Override
    public JsonNode list(JsonNode answer) {
      return answer.path("results");
    }

    @Override
    public String scoreKey() {
      return "relevance_score";
    }
  }
}
