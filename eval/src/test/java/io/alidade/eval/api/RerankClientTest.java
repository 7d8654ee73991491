package io.alidade.eval.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Response;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class RerankClientTest {
  private static final List<String> TEXTS = List.of("one", "two");

  @Test
  void scores_tei_ordersScoresByIndex() {
    assertAsks(
        new RerankProtocol.Tei(),
        "/rerank",
        "{'query': 'q', 'truncate': true, 'texts': ['one', 'two']}",
        "[{'index': 1, 'score': 0.75}, {'index': 0, 'score': 0.25}]");
  }

  @Test
  void scores_v1_readsRelevanceScores() {
    assertAsks(
        new RerankProtocol.V1("m"),
        "/v1/rerank",
        "{'model': 'm', 'query': 'q', 'documents': ['one', 'two']}",
        "{'model': 'm', 'object': 'list', 'usage': {'prompt_tokens': 8, 'total_tokens': 8},"
            + " 'results': [{'index': 1, 'relevance_score': 0.75, 'document': {'text': 'two'}},"
            + " {'index': 0, 'relevance_score': 0.25}]}");
  }

  @Test
  void scores_v1WithoutModel_namesNone() {
    assertAsks(
        new RerankProtocol.V1(""),
        "/v1/rerank",
        "{'query': 'q', 'documents': ['one', 'two']}",
        "{'results': [{'index': 0, 'relevance_score': 0.25},"
            + " {'index': 1, 'relevance_score': 0.75}]}");
  }

  private static void assertAsks(
      RerankProtocol protocol, String path, String request, String answer) {
    try (var server = new LoopbackServer(_ -> Response.ok(json(answer)));
        var endpoint = endpoint(server)) {
      assertThat(new RerankClient(endpoint, protocol).scores("q", TEXTS))
          .containsExactly(0.25, 0.75);
      assertThat(server.requests().getFirst().path()).isEqualTo(path);
      assertThat(JsonMapper.shared().readTree(server.requests().getFirst().body()))
          .isEqualTo(JsonMapper.shared().readTree(json(request)));
    }
  }

  @Test
  void scores_manyTexts_goInRequestsOf32() {
    try (var server =
            new LoopbackServer(
                request -> {
                  var results = JsonMapper.shared().createArrayNode();
                  int texts = JsonMapper.shared().readTree(request.body()).path("texts").size();
                  for (int i = 0; i < texts; i++) {
                    results.addObject().put("index", i).put("score", i);
                  }
                  return Response.ok(results.toString());
                });
        var endpoint = endpoint(server)) {
      double[] scores =
          new RerankClient(endpoint, new RerankProtocol.Tei())
              .scores("q", Collections.nCopies(70, "text"));
      assertThat(scores).hasSize(70);
      assertThat(scores[31]).isEqualTo(31);
      assertThat(scores[69]).isEqualTo(5);
      assertThat(server.requests()).hasSize(3);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 | [{'index': 0, 'score': 1}]                            | there is no list of 2 scores",
        "200 | {'results': []}                                       | there is no list of 2 scores",
        "200 | [{'index': 0, 'score': 1}, {'index': 0, 'score': 1}]  | \"index\" is 0, twice",
        "200 | [{'index': 0, 'score': 1}, {'index': 2, 'score': 1}]  | \"index\" is 2, twice",
        "200 | [{'index': 0, 'score': 1}, {'index': 1, 'score': 'x'}] | there is no number \"score\"",
        "200 | [{'index': 0, 'score': 1}, {'index': 1}]              | there is no number \"score\"",
        "401 | {}                                                    | with --rerank-api-key-env",
        "404 | {}                                                    | another --rerank-api, or",
        "424 | {'error': 'not a re-ranker'}                          | (not a re-ranker)",
      })
  void scores_badAnswer_isOneSentence(int status, String body, String sentence) {
    try (var server = new LoopbackServer(_ -> new Response(status, json(body)));
        var endpoint = endpoint(server)) {
      var client = new RerankClient(endpoint, new RerankProtocol.Tei());
      assertThatThrownBy(() -> client.scores("q", TEXTS))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining(server.url() + "/rerank")
          .hasMessageContaining(sentence);
    }
  }

  private static Endpoint endpoint(LoopbackServer server) {
    return new Endpoint(
        URI.create(server.url()), Optional.empty(), Duration.ofSeconds(20), "--rerank-api");
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
