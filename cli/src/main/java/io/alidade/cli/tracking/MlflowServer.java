package io.alidade.cli.tracking;

import io.alidade.core.UsageException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The requests of MLflow's REST API that a run needs.
///
/// Address and credentials are those of MLflow's own clients: `MLFLOW_TRACKING_URI`, and
/// `MLFLOW_TRACKING_TOKEN` or `MLFLOW_TRACKING_USERNAME` and `MLFLOW_TRACKING_PASSWORD`. No message
/// holds a credential.
///
/// @see <a href="https://mlflow.org/docs/latest/rest-api.html">MLflow's REST API</a>
final class MlflowServer implements AutoCloseable {
  private static final String URI_VARIABLE = "MLFLOW_TRACKING_URI";
  private static final String ROOT = "/api/2.0/mlflow/";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int SHOWN_CHARACTERS = 200;
  private static final int TOO_MANY_REQUESTS = 429;

  private final String base;
  private final Optional<String> authorization;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT).build();

  private MlflowServer(String base, Optional<String> authorization) {
    this.base = base;
    this.authorization = authorization;
  }

  /// The server that the environment names.
  ///
  /// @throws UsageException if it names none that speaks HTTP
  static MlflowServer of(Map<String, String> environment) {
    String address = environment.getOrDefault(URI_VARIABLE, "").strip().replaceAll("/+$", "");
    if (address.isEmpty()) {
      throw new UsageException(
          "--mlflow needs the address of a server in %s, such as http://localhost:5000"
              .formatted(URI_VARIABLE));
    }
    URI uri = parsed(address);
    if (uri.getHost() == null || !String.valueOf(uri.getScheme()).matches("https?")) {
      // Not shown: what is no address may be a password.
      throw new UsageException(
          "%s is no http:// or https:// address of an MLflow server, such as http://localhost:5000"
              .formatted(URI_VARIABLE));
    }
    if (uri.getRawUserInfo() != null) {
      throw new UsageException(
          "%s holds credentials; put them into MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
              .formatted(URI_VARIABLE));
    }
    return new MlflowServer(address, authorization(environment));
  }

  private static URI parsed(String address) {
    try {
      return URI.create(address);
    } catch (IllegalArgumentException _) {
      return URI.create("");
    }
  }

  private static Optional<String> authorization(Map<String, String> environment) {
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "").strip();
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    String password = environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
    if (!user.isEmpty()) {
      byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      return Optional.of("Basic " + Base64.getEncoder().encodeToString(both));
    }
    if (token.chars().anyMatch(c -> c <= ' ' || c > '~')) {
      throw new UsageException("MLFLOW_TRACKING_TOKEN holds characters that a header cannot carry");
    }
    return token.isEmpty() ? Optional.empty() : Optional.of("Bearer " + token);
  }

  /// The address, without credentials.
  String address() {
    return base;
  }

  /// The id of the experiment of that name, which is made if there is none.
  String experiment(String name) {
    String query = "?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    HttpResponse<String> known =
        send(request("experiments/get-by-name" + query).GET(), "experiments/get-by-name");
    if (known.statusCode() != 404) {
      return required(answer(known, "experiments/get-by-name").path("experiment"), "experiment_id");
    }
    ObjectNode body = JsonMapper.shared().createObjectNode().put("name", name);
    return required(post("experiments/create", body), "experiment_id");
  }

  /// The id of a new run.
  String createRun(ObjectNode run) {
    return required(post("runs/create", run).path("run").path("info"), "run_id");
  }

  /// The last step of each metric of a run.
  Map<String, Integer> lastSteps(String runId) {
    String query = "?run_id=" + URLEncoder.encode(runId, StandardCharsets.UTF_8);
    JsonNode run = answer(send(request("runs/get" + query).GET(), "runs/get"), "runs/get");
    Map<String, Integer> steps = new HashMap<>();
    for (JsonNode metric : run.path("run").path("data").path("metrics")) {
      steps.put(metric.path("key").asString(""), metric.path("step").asInt(0));
    }
    return steps;
  }

  /// Carries a change out and gives the answer.
  JsonNode post(String path, ObjectNode body) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()));
    return answer(send(request, path), path);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + ROOT + path)).timeout(TIMEOUT);
    authorization.ifPresent(secret -> request.header("Authorization", secret));
    return request;
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String path) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new MlflowException(
          "%s does not answer %s (%s)".formatted(base, path, e.getClass().getSimpleName()), false);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new MlflowException("interrupted while waiting for " + base, true);
    }
  }

  private JsonNode answer(HttpResponse<String> response, String path) {
    int status = response.statusCode();
    JsonNode body = body(response.body());
    if (status != 200) {
      String said = body.path("message").asString("").replaceAll("\\s+", " ").strip();
      String shown =
          said.length() > SHOWN_CHARACTERS ? said.substring(0, SHOWN_CHARACTERS) + "…" : said;
      throw new MlflowException(
          "%s answers %d to %s%s%s"
              .formatted(base, status, path, shown.isEmpty() ? "" : ": ", shown),
          status < 500 && status != TOO_MANY_REQUESTS);
    }
    return body;
  }

  /// Proxies answer in HTML at times; what is no JSON says nothing.
  private static JsonNode body(String text) {
    try {
      return JsonMapper.shared().readTree(text.isEmpty() ? "{}" : text);
    } catch (JacksonException _) {
      return JsonMapper.shared().createObjectNode();
    }
  }

  private String required(JsonNode node, String key) {
    String value = node.path(key).asString("");
    if (value.isEmpty()) {
      throw new MlflowException(
          "%s is no MLflow server: it gives no %s".formatted(base, key), true);
    }
    return value;
  }

  /// Gives up what is under way.
  @Override
  public void close() {
    http.shutdownNow();
  }
}
