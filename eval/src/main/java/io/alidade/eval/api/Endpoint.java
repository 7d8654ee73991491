package io.alidade.eval.api;

import io.alidade.core.ParserMessage;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A server's address, to which JSON goes and from which JSON comes. Thread-safe.
///
/// The key, if there is one, is sent as `Authorization: Bearer` and is part of no message.
public final class Endpoint implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
  private static final int SHOWN_CHARACTERS = 200;

  private final URI base;
  private final Optional<String> key;
  private final Duration timeout;
  private final String option;
  private final HttpClient http;

  /// An address that is asked with this key, if it needs one.
  ///
  /// @param timeout how long one answer may take
  public Endpoint(URI base, Optional<String> key, Duration timeout) {
    this(base, key, timeout, "--api");
  }

  /// An address whose protocol a certain option names.
  ///
  /// @param option for messages; the one that names the key begins like it
  public Endpoint(URI base, Optional<String> key, Duration timeout, String option) {
    this.base = base;
    this.option = option;
    this.key = key;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /// Reads an address such as `http://localhost:8080` or `https://host/v1`.
  ///
  /// @throws UsageException if it is none
  public static URI address(String url) {
    try {
      URI uri = URI.create(url.replaceAll("/+$", ""));
      String scheme = String.valueOf(uri.getScheme());
      if (uri.getHost() != null && (scheme.equals("http") || scheme.equals("https"))) {
        return uri;
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    throw new UsageException(
        "\"%s\" is no address of a server; an example is http://localhost:8080".formatted(url));
  }

  /// What a path is under this address. An address that ends in `/v1` already, as OpenAI's clients
  /// want it, does not get a second one.
  URI uri(String path) {
    String text = base.toString();
    boolean versioned = text.endsWith("/v1");
    String root = versioned ? text.substring(0, text.length() - "/v1".length()) : text;
    return URI.create(root + path);
  }

  /// The answer to a question without a body.
  public JsonNode get(String path) {
    return send(path, HttpRequest.newBuilder(uri(path)).GET());
  }

  /// The answer to a posted JSON value.
  public JsonNode post(String path, JsonNode body) {
    return send(
        path,
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString())));
  }

  private JsonNode send(String path, HttpRequest.Builder request) {
    request.timeout(timeout).header("Accept", "application/json");
    key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    try {
      return json(path, http.send(request.build(), BodyHandlers.ofString()));
    } catch (HttpTimeoutException e) {
      throw new ServerException(
          0, "%s did not answer within %d s".formatted(uri(path), timeout.toSeconds()), e);
    } catch (ConnectException e) {
      throw new ServerException(
          0, "%s cannot be reached; is the server running, and the port right?".formatted(base), e);
    } catch (IOException e) {
      throw new ServerException(
          0, "%s broke off: %s".formatted(uri(path), String.valueOf(e.getMessage())), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ServerException(0, "interrupted while waiting for " + uri(path), e);
    }
  }

  private JsonNode json(String path, HttpResponse<String> response) {
    int status = response.statusCode();
    if (status < 200 || status >= 300) {
      throw new ServerException(status, refusal(path, status, response.body()));
    }
    try {
      return JsonMapper.shared().readTree(response.body());
    } catch (JacksonException e) {
      throw new ServerException(
          status,
          "%s answers something that is not JSON (%s): %s"
              .formatted(uri(path), ParserMessage.of(e), shortened(response.body())),
          e);
    }
  }

  private String refusal(String path, int status, String body) {
    String way =
        switch (status) {
          case 401, 403 ->
              key.isPresent()
                  ? "it does not take the key that was sent"
                  : "it wants a key; name the environment variable that holds it with %s-key-env"
                      .formatted(option);
          case 404, 405 ->
              "it has no such path; another %s, or another address, may be meant".formatted(option);
          case 429 -> "it is overloaded or the quota is used up; try again later";
          default -> status >= 500 ? "it failed; its own log says why" : "it refuses the request";
        };
    String said = ServerMessage.of(body);
    return "%s answers %d: %s%s"
        .formatted(uri(path), status, way, said.isEmpty() ? "" : " (" + shortened(said) + ")");
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= SHOWN_CHARACTERS ? line : line.substring(0, SHOWN_CHARACTERS) + "…";
  }

  @Override
  public String toString() {
    return base.toString();
  }

  @Override
  public void close() {
    http.close();
  }
}
