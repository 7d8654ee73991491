package io.alidade.model.backbone;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.alidade.core.Sha256;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A Hugging Face hub on the loopback: `HEAD` describes a file and sends large ones to a storage
/// path, `GET` answers ranges. Faults can be switched on.
final class FakeHub implements AutoCloseable {
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /// Before the file's path; the name of a revision may have slashes of its own.
  private static final String PREFIX = "^/storage/|^/tiny/model/resolve/(refs/pr/\\d+|[^/]+)/";

  private final HttpServer server;
  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final Map<String, String> headers = new ConcurrentHashMap<>();
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private volatile int refusal;
  private volatile int cutAfter = Integer.MAX_VALUE;

  FakeHub(Map<String, byte[]> files) throws IOException {
    this.files.putAll(files);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/tiny/model/resolve/", exchange -> answer(exchange, false));
    server.createContext("/storage/", exchange -> answer(exchange, true));
    server.start();
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /// Lines `METHOD PATH RANGE AUTHORIZATION`, with `-` for what is not there.
  List<String> requests() {
    return List.copyOf(requests);
  }

  /// Answers everything with this status.
  void refuse(int status) {
    refusal = status;
  }

  /// Cuts each answer from the storage after so many bytes.
  void cutAfter(int bytes) {
    cutAfter = bytes;
  }

  /// Says this instead in the description of every file.
  void lie(String header, String value) {
    headers.put(header, value);
  }

  void put(String path, byte[] content) {
    files.put(path, content);
  }

  private void answer(HttpExchange exchange, boolean storage) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      var request = exchange.getRequestHeaders();
      String range = orDash(request.getFirst("Range"));
      requests.add(
          "%s %s %s %s"
              .formatted(
                  exchange.getRequestMethod(),
                  path,
                  range,
                  orDash(request.getFirst("Authorization"))));
      byte[] content = files.get(path.replaceFirst(PREFIX, ""));
      if (refusal != 0) {
        exchange.sendResponseHeaders(refusal, -1);
      } else if (content == null) {
        exchange.getResponseHeaders().set("X-Error-Code", "EntryNotFound");
        exchange.sendResponseHeaders(404, -1);
      } else if (storage) {
        send(exchange, content, range);
      } else {
        redirect(exchange, path, content);
      }
    }
  }

  private void redirect(HttpExchange exchange, String path, byte[] content) throws IOException {
    boolean large = path.endsWith(".safetensors");
    var answer = exchange.getResponseHeaders();
    answer.set("X-Repo-Commit", COMMIT);
    answer.set("X-Linked-Size", Integer.toString(content.length));
    answer.set("X-Linked-Etag", "\"" + (large ? sha256(content) : gitHash(content)) + "\"");
    headers.forEach(answer::set);
    // Another host name, as the real storage has, for which the token is not meant.
    answer.set(
        "Location",
        "http://localhost:%d/storage/%s"
            .formatted(server.getAddress().getPort(), path.replaceFirst(PREFIX, "")));
    exchange.sendResponseHeaders(302, -1);
  }

  private void send(HttpExchange exchange, byte[] content, String range) throws IOException {
    int start = range.equals("-") ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
    exchange.sendResponseHeaders(start > 0 ? 206 : 200, content.length - start);
    int end = (int) Math.min(content.length, (long) start + cutAfter);
    exchange.getResponseBody().write(Arrays.copyOfRange(content, start, end));
    exchange.getResponseBody().flush();
  }

  private static String orDash(@Nullable String value) {
    return value == null ? "-" : value;
  }

  static String sha256(byte[] content) {
    return HexFormat.of().formatHex(Sha256.digest().digest(content));
  }

  private static String gitHash(byte[] content) {
    try {
      var digest = MessageDigest.getInstance("SHA-1");
      digest.update("blob %d\0".formatted(content.length).getBytes(UTF_8));
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
