package io.alidade.cli.tracking;

import io.alidade.testkit.http.LoopbackServer.Request;
import io.alidade.testkit.http.LoopbackServer.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The part of an MLflow server that a run needs, with its limits. It has one experiment, `known`.
final class FakeMlflow implements Function<Request, Response> {
  final List<JsonNode> metrics = new CopyOnWriteArrayList<>();
  final List<JsonNode> parameters = new CopyOnWriteArrayList<>();
  final List<JsonNode> runs = new CopyOnWriteArrayList<>();
  final List<String> statuses = new CopyOnWriteArrayList<>();

  /// What happens to a request that was carried out, or instead of it.
  volatile Function<Response, Response> fate = answer -> answer;

  @Override
  public Response apply(Request request) {
    return fate.apply(carriedOut(request));
  }

  private Response carriedOut(Request request) {
    JsonNode body = JsonMapper.shared().readTree(request.body().isEmpty() ? "{}" : request.body());
    return switch (request.path().replace("/api/2.0/mlflow/", "")) {
      case "experiments/get-by-name" ->
          new Response(404, "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\"}");
      case "experiments/create" -> Response.ok("{\"experiment_id\": \"7\"}");
      case "runs/create" -> {
        runs.add(body);
        yield Response.ok("{\"run\": {\"info\": {\"run_id\": \"run%d\"}}}".formatted(runs.size()));
      }
      case "runs/get" -> Response.ok(latest().toString());
      case "runs/update" -> {
        statuses.add(body.required("status").asString());
        yield Response.ok("{}");
      }
      case "runs/log-batch" -> batch(body);
      default -> new Response(404, "");
    };
  }

  private JsonNode latest() {
    Map<String, JsonNode> latest = new TreeMap<>();
    for (JsonNode metric : metrics) {
      latest.merge(
          metric.required("key").asString(),
          metric,
          (a, b) -> a.required("step").asInt() > b.required("step").asInt() ? a : b);
    }
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.putObject("run").putObject("data").putArray("metrics").addAll(latest.values());
    return answer;
  }

  private Response batch(JsonNode body) {
    List<JsonNode> sent = body.path("metrics").valueStream().toList();
    List<JsonNode> pairs = body.path("params").valueStream().toList();
    if (sent.size() > 1000 || pairs.size() > 100) {
      return new Response(400, "{\"message\": \"too much in one batch\"}");
    }
    metrics.addAll(sent);
    parameters.addAll(pairs);
    return Response.ok("{}");
  }

  List<Integer> steps(String key) {
    var steps = new ArrayList<Integer>();
    for (JsonNode metric : metrics) {
      if (metric.required("key").asString().equals(key)) {
        steps.add(metric.required("step").asInt());
      }
    }
    return steps;
  }

  Set<String> keys() {
    var keys = new TreeSet<String>();
    metrics.forEach(metric -> keys.add(metric.required("key").asString()));
    return keys;
  }
}
