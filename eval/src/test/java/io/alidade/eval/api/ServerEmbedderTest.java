package io.alidade.eval.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Request;
import io.alidade.testkit.http.LoopbackServer.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ServerEmbedderTest {
  private static final PromptTemplate TEMPLATE =
      new PromptTemplate("Instruct: {instruction}\nQuery: {text}", "passage: ");

  @SuppressWarnings("MustBeClosed") // the embedder closes it
  private static ServerEmbedder open(LoopbackServer server) {
    var endpoint = new Endpoint(URI.create(server.url()), Optional.empty(), Duration.ofSeconds(20));
    return ServerEmbedder.open(
        new EmbeddingClient(endpoint, new TeiProtocol()), TEMPLATE, "a server");
  }

  /// A text's vector is (length, 1), of no certain length.
  private static Response lengths(Request request) {
    JsonNode texts = JsonMapper.shared().readTree(request.body()).path("inputs");
    return Response.ok(
        texts
            .valueStream()
            .map(text -> "[%d, 1]".formatted(text.asString().length()))
            .collect(Collectors.joining(",", "[", "]")));
  }

  @Test
  void embed_manyTexts_goInRequestsOf32AndComeBackInOrderWithLength1() {
    List<TextInput> texts =
        IntStream.range(0, 100).mapToObj(i -> TextInput.document("x".repeat(i))).toList();
    try (var server = new LoopbackServer(ServerEmbedderTest::lengths);
        var embedder = open(server)) {
      assertThat(embedder.dimensions()).isEqualTo(2);
      float[][] vectors = embedder.embed(texts);
      for (int i = 0; i < vectors.length; i++) {
        double length = i + "passage: ".length();
        assertThat((double) vectors[i][0])
            .isCloseTo(length / Math.sqrt(length * length + 1), Offset.offset(1e-7));
      }
      assertThat(server.requests().stream().skip(1))
          .hasSize(4)
          .allSatisfy(
              request ->
                  assertThat(JsonMapper.shared().readTree(request.body()).path("inputs").size())
                      .isLessThanOrEqualTo(32));
    }
  }

  @Test
  void embed_queries_arePromptedOnThisSide() {
    try (var server = new LoopbackServer(ServerEmbedderTest::lengths);
        var embedder = open(server)) {
      float[][] _ = embedder.embed(List.of(TextInput.query("Find", "it")));
      assertThat(server.requests().getLast().body()).contains("Instruct: Find\\nQuery: it");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[[0, 0]]    | gives a vector of zeros",
        "[[1, 2, 3]] | gives vectors of 2 and of 3 dimensions; is it the same model",
      })
  void embed_otherVectors_areRefused(String answer, String sentence) {
    try (var server =
            new LoopbackServer(
                request ->
                    Response.ok(request.body().contains("dimensions") ? "[[1, 1]]" : answer));
        var embedder = open(server)) {
      List<TextInput> texts = List.of(TextInput.document("a"));
      assertThatThrownBy(() -> embedder.embed(texts))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining(server.url())
          .hasMessageContaining(sentence);
    }
  }
}
