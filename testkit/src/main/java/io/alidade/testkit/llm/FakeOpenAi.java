package io.alidade.testkit.llm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An OpenAI-compatible chat server on a free port of this machine. What it answers is a function
/// of the request and of how often it came; it counts what it would charge for.
public final class FakeOpenAi implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int CHARACTERS_PER_TOKEN = 4;

  static {
    // Else each answer waits for the client's delayed acknowledgement.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  /// Decides what a request gets.
  @FunctionalInterface
  public interface Behaviour {
    /// What the request gets.
    ///
    /// @param times how often the same request came before
    Reply reply(FakeRequest request, int times);
  }

  /// What a request gets.
  public sealed interface Reply {
    /// A completion, which is charged for.
    record Completion(String text, String finishReason) implements Reply {}

    /// A completion that is a refusal, which is charged for.
    record Refusal(String text) implements Reply {}

    /// An error, or anything else that is no completion.
    record Failure(int status, Map<String, String> headers, String body) implements Reply {}

    /// The connection is closed without a word.
    record Drop() implements Reply {}

    /// No word comes for as long as the server lives.
    record Hang() implements Reply {}
  }

  private final HttpServer server;
  private final FakeBatches batches;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Behaviour behaviour;
  private final Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> completed = new ConcurrentHashMap<>();
  private final List<FakeRequest> requests = new ArrayList<>();
  private final AtomicLong inputTokens = new AtomicLong();
  private final AtomicLong outputTokens = new AtomicLong();
  private final AtomicLong handled = new AtomicLong();

  public FakeOpenAi(Behaviour behaviour) {
    this.behaviour = behaviour;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::handle);
    batches = new FakeBatches(this, server);
    server.start();
  }

  /// What a recipe names as `base_url`.
  public String baseUrl() {
    return "http://127.0.0.1:%d/v1".formatted(server.getAddress().getPort());
  }

  /// The Batch API of this server.
  public FakeBatches batches() {
    return batches;
  }

  /// How many requests came, in batches or by themselves.
  public long count() {
    return handled.get();
  }

  /// Completions beyond the first of the same request.
  public int repeats() {
    return completed.values().stream().mapToInt(times -> times.get() - 1).sum();
  }

  /// Tokens of the prompts charged for.
  public long inputTokens() {
    return inputTokens.get();
  }

  /// Tokens of the answers charged for.
  public long outputTokens() {
    return outputTokens.get();
  }

  /// The requests in the order they came.
  public synchronized List<FakeRequest> requests() {
    return List.copyOf(requests);
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key = exchange.getRequestHeaders().getFirst("Authorization");
      Result result = answer(JSON.readTree(exchange.getRequestBody().readAllBytes()), key);
      if (result.hanging()) {
        awaitEnd();
      } else if (result.status() > 0) {
        result.headers().forEach(exchange.getResponseHeaders()::set);
        send(exchange, result.status(), result.body());
      }
      // Else closing the exchange closes the connection.
    }
  }

  /// What a request came to.
  ///
  /// @param status 0 where there is no answer
  /// @param hanging whether no word comes
  record Result(int status, Map<String, String> headers, String body, boolean hanging) {
    static final Result NONE = new Result(0, Map.of(), "", false);

    /// The body as it stands in a batch's file.
    JsonNode tree() {
      return body.startsWith("{") ? JSON.readTree(body) : JSON.getNodeFactory().stringNode(body);
    }
  }

  /// Answers a request, which counts and is charged for wherever it came from.
  Result answer(JsonNode body, @Nullable String authorization) {
    handled.incrementAndGet();
    FakeRequest request = FakeRequest.parse(body, authorization);
    remember(request);
    int times = seen.computeIfAbsent(request.key(), _ -> new AtomicInteger()).getAndIncrement();
    return switch (behaviour.reply(request, times)) {
      case Reply.Completion(String text, String finish) ->
          complete(request, "content", text, finish);
      case Reply.Refusal(String text) -> complete(request, "refusal", text, "stop");
      case Reply.Failure(int status, Map<String, String> headers, String text) ->
          new Result(status, headers, text, false);
      case Reply.Drop() -> Result.NONE;
      case Reply.Hang() -> new Result(0, Map.of(), "", true);
    };
  }

  private synchronized void remember(FakeRequest request) {
    requests.add(request);
  }

  private Result complete(FakeRequest request, String field, String text, String finish) {
    long input = request.prompt().length() / CHARACTERS_PER_TOKEN;
    long output = text.length() / CHARACTERS_PER_TOKEN;
    inputTokens.addAndGet(input);
    outputTokens.addAndGet(output);
    completed.computeIfAbsent(request.key(), _ -> new AtomicInteger()).incrementAndGet();
    ObjectNode reply = JSON.createObjectNode();
    reply.put("id", "fake").put("object", "chat.completion").put("created", 1);
    reply.put("model", request.model());
    ObjectNode choice = reply.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", finish);
    choice.putObject("message").put("role", "assistant").putNull("content").put(field, text);
    reply
        .putObject("usage")
        .put("prompt_tokens", input)
        .put("completion_tokens", output)
        .put("total_tokens", input + output);
    return new Result(200, Map.of(), reply.toString(), false);
  }

  static void send(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void awaitEnd() {
    try {
      closed.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// The body of an error as OpenAI writes it.
  public static String error(String message, String code) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error").put("message", message).put("type", "error").put("code", code);
    return body.toString();
  }

  /// A request as it came.
  ///
  /// @param authorization the header, or empty
  /// @param keys that the JSON schema demands; empty without one
  public record FakeRequest(
      String model,
      String prompt,
      long seed,
      String authorization,
      List<String> keys,
      boolean lists,
      JsonNode body) {

    static FakeRequest parse(JsonNode body, @Nullable String key) {
      JsonNode schema = body.path("response_format").path("json_schema").path("schema");
      var keys = new ArrayList<String>();
      schema.path("required").forEach(name -> keys.add(name.asString()));
      boolean lists =
          !keys.isEmpty()
              && schema
                  .path("properties")
                  .path(keys.getFirst())
                  .path("type")
                  .asString("")
                  .equals("array");
      return new FakeRequest(
          body.path("model").asString(""),
          body.path("messages").path(0).path("content").asString(""),
          body.path("seed").asLong(0),
          key == null ? "" : key,
          keys,
          lists,
          body);
    }

    /// What makes two requests the same.
    public String key() {
      return model + seed + prompt;
    }

    /// A number that is a function of the request, from 0 to below the bound.
    public int draw(String what, int bound) {
      return Math.floorMod(((key() + what).hashCode() * 0x9E3779B1) >>> 7, bound);
    }
  }
}
