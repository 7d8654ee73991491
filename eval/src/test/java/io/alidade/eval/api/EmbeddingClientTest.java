package io.alidade.eval.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.alidade.core.UsageException;
import io.alidade.eval.api.OpenAiProtocol.Encoding;
import io.alidade.testkit.http.LoopbackServer;
import io.alidade.testkit.http.LoopbackServer.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class EmbeddingClientTest {
  private static final List<String> TEXTS = List.of("one", "two");
  private static final float[][] VECTORS = {{1, 0.5f}, {-2, 0}};

  @Test
  void embed_openAi_ordersVectorsByIndex() {
    assertAsks(
        new OpenAiProtocol("m", Encoding.FLOAT),
        "/v1/embeddings",
        "{'model': 'm', 'encoding_format': 'float', 'input': ['one', 'two']}",
        "{'data': [{'index': 1, 'embedding': [-2, 0]}, {'index': 0, 'embedding': [1, 0.5]}]}");
  }

  @Test
  void embed_openAiBase64_readsLittleEndianFloats() {
    assertAsks(
        new OpenAiProtocol("", Encoding.BASE64),
        "/v1/embeddings",
        "{'encoding_format': 'base64', 'input': ['one', 'two']}",
        "{'data': [{'index': 0, 'embedding': 'AACAPwAAAD8='},"
            + " {'index': 1, 'embedding': 'AAAAwAAAAAA='}]}");
  }

  @Test
  void embed_tei_readsPlainLists() {
    assertAsks(
        new TeiProtocol(),
        "/embed",
        "{'truncate': true, 'inputs': ['one', 'two']}",
        "[[1, 0.5], [-2, 0]]");
  }

  @Test
  void embed_ollama_readsEmbeddings() {
    assertAsks(
        new OllamaProtocol("m"),
        "/api/embed",
        "{'model': 'm', 'truncate': true, 'input': ['one', 'two']}",
        "{'model': 'm', 'embeddings': [[1, 0.5], [-2, 0]], 'prompt_eval_count': 3}");
  }

  @Test
  void embed_llamaCpp_readsThePooledVectorOfEachText() {
    assertAsks(
        new LlamaCppProtocol(),
        "/embeddings",
        "{'input': ['one', 'two']}",
        "[{'index': 0, 'embedding': [[1, 0.5]]}, {'index': 1, 'embedding': [[-2, 0]]}]");
  }

  private static void assertAsks(
      EmbeddingProtocol protocol, String path, String request, String answer) {
    try (var server = new LoopbackServer(_ -> Response.ok(json(answer)));
        var endpoint = endpoint(server.url())) {
      assertThat(new EmbeddingClient(endpoint, protocol).embed(TEXTS)).isDeepEqualTo(VECTORS);
      assertThat(server.requests()).hasSize(1);
      assertThat(server.requests().getFirst().path()).isEqualTo(path);
      assertThat(JsonMapper.shared().readTree(server.requests().getFirst().body()))
          .isEqualTo(JsonMapper.shared().readTree(json(request)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "200 | <html>            | answers something that is not JSON",
        "200 | []                | there are 0 vectors for 2 texts",
        "200 | [[1]]             | there are 1 vectors for 2 texts",
        "200 | [[1], [2, 3]]     | vectors have 1 and 2 dimensions in one answer",
        "200 | [[1], 'a b']      | a vector is a text that is not base64",
        "200 | [[1], {}]         | a vector is a list of numbers or base64, not {}",
        "200 | [[1], [1e99]]     | a vector holds Infinity",
        "200 | {'a': 1}          | there is no list \"the answer\"",
        "401 | {'error': 'who'}  | answers 401: it wants a key; name the environment variable",
        "404 | nothing here      | /embed answers 404: it has no such path; another --api",
        "413 | {'error': {'message': 'long'}} | answers 413: it refuses the request (long)",
        "429 | {'message': 'busy'} | answers 429: it is overloaded or the quota is used up",
        "500 | ''                | answers 500: it failed; its own log says why",
        "503 | {'detail': 'x'}   | answers 503: it failed; its own log says why (x)",
      })
  void embed_badAnswer_isOneSentence(int status, String body, String sentence) {
    try (var server = new LoopbackServer(_ -> new Response(status, json(body)));
        var endpoint = endpoint(server.url())) {
      var client = new EmbeddingClient(endpoint, new TeiProtocol());
      assertThatThrownBy(() -> client.embed(TEXTS))
          .isInstanceOf(ServerException.class)
          .hasMessageContaining(server.url())
          .hasMessageContaining(sentence);
    }
  }

  @Test
  void embed_vectorPerToken_saysHowToPool() {
    try (var server = new LoopbackServer(_ -> Response.ok("[{\"embedding\": [[1, 2], [3, 4]]}]"));
        var endpoint = endpoint(server.url())) {
      var client = new EmbeddingClient(endpoint, new LlamaCppProtocol());
      assertThatThrownBy(() -> client.embed(List.of("one")))
          .hasMessageContaining("a vector for each of 2 tokens; start the server with --pooling");
    }
  }

  @Test
  void embed_key_isSentAndNeverSaid() {
    try (var server = new LoopbackServer(_ -> new Response(403, ""));
        var endpoint =
            new Endpoint(
                URI.create(server.url()), Optional.of("secret-key"), Duration.ofSeconds(30))) {
      var client = new EmbeddingClient(endpoint, new TeiProtocol());
      assertThatThrownBy(() -> client.embed(TEXTS))
          .hasMessageContaining("it does not take the key that was sent")
          .hasMessageNotContaining("secret");
      assertThat(server.requests().getFirst().authorization()).contains("Bearer secret-key");
    }
  }

  @Test
  void embed_noServer_saysSo() {
    String url;
    try (var server = new LoopbackServer(_ -> Response.ok(""))) {
      url = server.url();
    }
    try (var endpoint = endpoint(url)) {
      var client = new EmbeddingClient(endpoint, new TeiProtocol());
      assertThatThrownBy(() -> client.embed(TEXTS))
          .hasMessageContaining(url + " cannot be reached; is the server running");
    }
  }

  @Test
  void embed_noAnswerInTime_saysSo() {
    var end = new CountDownLatch(1);
    try (var server =
            new LoopbackServer(
                _ -> {
                  try {
                    end.await();
                  } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                  }
                  return Response.ok("[]");
                });
        var endpoint =
            new Endpoint(URI.create(server.url()), Optional.empty(), Duration.ofMillis(50))) {
      var client = new EmbeddingClient(endpoint, new TeiProtocol());
      Throwable thrown = catchThrowable(() -> client.embed(TEXTS));
      end.countDown();
      assertThat(thrown).hasMessageContaining("did not answer within");
    }
  }

  @Test
  void address_withVersion_isNotVersionedTwice() {
    assertThat(uri("http://h:1/v1/", "/v1/embeddings")).isEqualTo("http://h:1/v1/embeddings");
    assertThat(uri("https://h/base", "/embed")).isEqualTo("https://h/base/embed");
    assertThatThrownBy(() -> Endpoint.address("localhost:8080"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is no address of a server; an example is http://localhost:8080");
    assertThatThrownBy(() -> Endpoint.address("http://a b")).isInstanceOf(UsageException.class);
  }

  private static String uri(String address, String path) {
    try (var endpoint = endpoint(address)) {
      return endpoint.uri(path).toString();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "/info       | {'model_id': 'm', 'max_input_length': 512}    | TEI",
        "/api/tags   | {'models': []}                                | OLLAMA",
        "/props      | {'default_generation_settings': {}}           | LLAMACPP",
        "/v1/models  | {'data': [{'id': 'm'}]}                       | OPENAI",
        "/info       | {'something': 'else'}                         | OPENAI",
      })
  void detect_whatOnlyOneKindTells_isThatKind(String path, String answer, ServerKind kind) {
    Map<String, String> answers = Map.of(path, json(answer));
    try (var server =
            new LoopbackServer(
                request ->
                    answers.containsKey(request.path())
                        ? Response.ok(answers.getOrDefault(request.path(), ""))
                        : new Response(404, "not found"));
        var endpoint = endpoint(server.url())) {
      assertThat(ServerKind.detect(endpoint)).isEqualTo(kind);
    }
  }

  @Test
  void protocol_withoutAModelsName_asksForTheOnlyOne() {
    try (var server =
            new LoopbackServer(_ -> Response.ok("{\"data\": [{\"id\": \"a\"}, {\"id\": \"b\"}]}"));
        var endpoint = endpoint(server.url())) {
      assertThat(ServerKind.OPENAI.protocol(endpoint, "b"))
          .isEqualTo(new OpenAiProtocol("b", Encoding.FLOAT));
      assertThatThrownBy(() -> ServerKind.OPENAI.protocol(endpoint, ""))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("has the models a, b; name the one to ask for with --api-model");
    }
  }

  private static Endpoint endpoint(String url) {
    return new Endpoint(Endpoint.address(url), Optional.empty(), Duration.ofSeconds(30));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
