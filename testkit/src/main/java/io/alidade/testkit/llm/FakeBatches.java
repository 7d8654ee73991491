package io.alidade.testkit.llm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The Batch API of [FakeOpenAi]: files, and batches whose requests get what its behaviour says,
/// their lines in another order. A [Course] says how each batch goes.
public final class FakeBatches {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String OUTPUT = "output_file_id";
  private static final String ERRORS = "error_file_id";

  /// How a batch goes.
  ///
  /// @param end its last state
  /// @param code of the error of a batch that failed
  /// @param polls answered before the last state is shown
  /// @param reached requests that are worked on, the first ones
  /// @param left out of the files, of those that were worked on, the first ones
  /// @param cut bytes missing at the end of the output the first time it is fetched
  public record Course(String end, String code, int polls, int reached, int left, int cut) {
    /// All goes well.
    public static final Course GOOD = new Course("completed", "", 2, Integer.MAX_VALUE, 0, 0);

    /// It is refused as a whole.
    public static Course failed(String code) {
      return new Course("failed", code, 1, 0, 0, 0);
    }

    /// It ends before all requests were worked on.
    public static Course ended(String end, int reached) {
      return new Course(end, "", 1, reached, 0, 0);
    }
  }

  /// A request to this API, such as `POST /v1/batches`, before it is answered.
  @FunctionalInterface
  public interface Watcher {
    /// Hears of a request after the server has done what it asks for.
    ///
    /// @return whether it is answered; else the connection is closed
    boolean answered(String request);
  }

  private static final class FakeBatch {
    final ObjectNode state = JSON.createObjectNode();
    final Course course;
    int polls;

    FakeBatch(Course course) {
      this.course = course;
    }
  }

  private final FakeOpenAi server;
  private final Map<String, String> files = new LinkedHashMap<>();
  private final Map<String, FakeBatch> batches = new LinkedHashMap<>();
  private final Map<String, Integer> cuts = new LinkedHashMap<>();
  private final List<String> requests = new ArrayList<>();
  private Function<List<String>, Course> courses = _ -> Course.GOOD;
  private Watcher watcher = _ -> true;

  FakeBatches(FakeOpenAi server, HttpServer http) {
    this.server = server;
    http.createContext("/v1/files", this::handle);
    http.createContext("/v1/batches", this::handle);
  }

  /// Decides how batches go.
  ///
  /// @param byRequests gets the lines of the batch's input
  public synchronized void go(Function<List<String>, Course> byRequests) {
    courses = byRequests;
  }

  /// Has somebody hear of every request.
  public synchronized void watch(Watcher who) {
    watcher = who;
  }

  /// The requests to this API in their order, such as `POST /v1/batches`.
  public synchronized List<String> requests() {
    return List.copyOf(requests);
  }

  /// Batches that were made.
  public synchronized int count() {
    return batches.size();
  }

  /// The lines of each batch's input, for batches that were worked on.
  public synchronized List<Integer> sizes() {
    return batches.values().stream()
        .map(batch -> batch.state.path("request_counts").path("total").asInt())
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String request = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
    String reply;
    Watcher who;
    synchronized (this) {
      requests.add(request);
      reply = reply(request, body, exchange);
      who = watcher;
    }
    try (exchange) {
      if (who.answered(request)) {
        boolean missing = reply.isEmpty() && !request.endsWith("/content");
        FakeOpenAi.send(
            exchange, missing ? 404 : 200, missing ? FakeOpenAi.error("no such", "x") : reply);
      }
    }
  }

  private String reply(String request, byte[] body, HttpExchange exchange) {
    String id = request.replaceFirst("^[A-Z]+ /v1/[a-z]+/?", "").replace("/content", "");
    return switch (request.replace(id, "")) {
      case "POST /v1/files" -> upload(body, exchange.getRequestHeaders().getFirst("Content-Type"));
      case "GET /v1/files//content" -> content(id);
      case "POST /v1/batches" -> create(JSON.readTree(body));
      case "GET /v1/batches" -> list(exchange.getRequestURI().getQuery());
      case "GET /v1/batches/" ->
          Optional.ofNullable(batches.get(id)).map(batch -> poll(id, batch)).orElse("");
      default -> "";
    };
  }

  /// Takes the one file out of a form.
  private String upload(byte[] body, String type) {
    String boundary = "--" + type.replaceFirst(".*boundary=\"?([^\";]+).*", "$1");
    String id = "file-" + (files.size() + 1);
    for (String part : new String(body, StandardCharsets.UTF_8).split(boundary, -1)) {
      if (part.contains("filename=")) {
        int start = part.indexOf("\r\n\r\n") + 4;
        files.put(id, part.substring(start, part.length() - 2));
      }
    }
    ObjectNode file = JSON.createObjectNode();
    file.put("id", id).put("object", "file").put("purpose", "batch").put("status", "processed");
    file.put("bytes", body.length).put("created_at", 1).put("filename", "x.jsonl");
    return file.toString();
  }

  private String file(String id) {
    return files.getOrDefault(id, "");
  }

  private String content(String id) {
    String content = file(id);
    int cut = cuts.getOrDefault(id, 0);
    cuts.remove(id);
    return content.substring(0, Math.max(0, content.length() - cut));
  }

  private String create(JsonNode body) {
    String input = body.required("input_file_id").asString();
    List<String> lines = file(input).lines().toList();
    var batch = new FakeBatch(courses.apply(lines));
    String id = "batch_" + (batches.size() + 1);
    batch.state.put("id", id).put("object", "batch").put("created_at", 1);
    batch.state.put("endpoint", body.required("endpoint").asString());
    batch.state.put("completion_window", body.required("completion_window").asString());
    batch.state.put("input_file_id", input).put("status", "validating");
    batch.state.set("metadata", body.path("metadata"));
    counts(batch, lines.size(), 0, 0);
    batches.put(id, batch);
    return batch.state.toString();
  }

  private String list(String query) {
    // The newest first, two to a page.
    List<String> ids = new ArrayList<>(batches.keySet()).reversed();
    int start = 0;
    if (query != null && query.contains("after=")) {
      start = ids.indexOf(query.replaceFirst(".*after=([^&]+).*", "$1")) + 1;
    }
    ObjectNode page = JSON.createObjectNode().put("object", "list");
    var data = page.putArray("data");
    int end = Math.min(ids.size(), start + 2);
    ids.subList(start, end).stream()
        .flatMap(id -> Stream.ofNullable(batches.get(id)))
        .forEach(batch -> data.add(batch.state));
    return page.put("has_more", end < ids.size()).toString();
  }

  private String poll(String id, FakeBatch batch) {
    List<String> states = List.of("validating", "in_progress", "finalizing");
    if (batch.polls++ < batch.course.polls()) {
      batch.state.put("status", states.get(Math.min(batch.polls - 1, states.size() - 1)));
    } else if (!batch.state.path("status").asString().equals(batch.course.end())) {
      end(id, batch);
    }
    return batch.state.toString();
  }

  private void end(String id, FakeBatch batch) {
    batch.state.put("status", batch.course.end());
    List<String> lines = file(batch.state.required("input_file_id").asString()).lines().toList();
    if (batch.course.end().equals("failed")) {
      ObjectNode error = batch.state.putObject("errors").put("object", "list");
      error.putArray("data").addObject().put("code", batch.course.code()).put("message", "no");
      return;
    }
    var output = new ArrayList<String>();
    var errors = new ArrayList<String>();
    int failed = work(lines, batch.course, output, errors);
    counts(batch, lines.size(), output.size(), failed);
    int left = Math.min(batch.course.left(), output.size());
    store(batch, OUTPUT, id + "-out", output.subList(left, output.size()));
    store(batch, ERRORS, id + "-err", errors);
    cuts.put(id + "-out", batch.course.cut());
  }

  private int work(List<String> lines, Course course, List<String> output, List<String> errors) {
    int failed = 0;
    for (int i = 0; i < lines.size(); i++) {
      JsonNode line = JSON.readTree(lines.get(i));
      ObjectNode end = JSON.createObjectNode().put("id", "batch_req_" + i);
      end.put("custom_id", line.required("custom_id").asString());
      if (i >= course.reached()) {
        end.putNull("response");
        end.putObject("error").put("code", "batch_" + course.end()).put("message", "too late");
        errors.add(end.toString());
        continue;
      }
      FakeOpenAi.Result result = server.answer(line.required("body"), "");
      failed += result.status() == 200 ? 0 : 1;
      if (result.status() > 0) {
        ObjectNode response = end.putObject("response").put("status_code", result.status());
        response.put("request_id", "r" + i).set("body", result.tree());
        end.putNull("error");
        (result.status() == 200 ? output : errors).add(end.toString());
      }
    }
    Collections.shuffle(output, new Random(lines.size()));
    return failed;
  }

  private void store(FakeBatch batch, String key, String id, List<String> lines) {
    if (lines.isEmpty()) {
      batch.state.putNull(key);
    } else {
      batch.state.put(key, id);
      files.put(id, lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
    }
  }

  private static void counts(FakeBatch batch, int total, int completed, int failed) {
    batch
        .state
        .putObject("request_counts")
        .put("total", total)
        .put("completed", completed)
        .put("failed", failed);
  }
}
