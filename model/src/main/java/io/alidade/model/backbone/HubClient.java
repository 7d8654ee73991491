package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/// Speaks to the hub. Redirects are followed by hand, since the token is for the hub's own host and
/// not for the storage it sends us to.
final class HubClient {
  private static final int MAX_REDIRECTS = 8;
  private static final Pattern ETAG = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  private final HubSettings settings;

  HubClient(HubSettings settings) {
    this.settings = settings;
  }

  /// What the hub says of a file before sending it.
  ///
  /// @param etag the SHA-256 of a large file, or git's SHA-1 of a small one
  /// @param bytes its size
  record RemoteFile(URI address, String commit, String etag, long bytes) {}

  /// A part of a file from `start` on; the caller closes it.
  record Content(long start, InputStream stream) {}

  /// Asks for a file; empty if the revision has none of that path.
  Optional<RemoteFile> describe(HubName model, String path) throws IOException {
    // In the address, the slash of a revision such as `refs/pr/1` would begin the path.
    String revision = model.revision().replace("/", "%2F");
    URI address =
        URI.create(
            "%s/%s/resolve/%s/%s".formatted(settings.endpoint(), model.name(), revision, path));
    HttpURLConnection connection = connect(address, "HEAD", 0);
    // The description comes with the redirect to the storage; a proxy or mirror may answer itself.
    int status = status(connection);
    if (isRedirect(status) && header(connection, "X-Linked-Etag").isEmpty()) {
      connection = follow(connection, "HEAD", 0);
      status = status(connection);
    }
    if (status == HttpURLConnection.HTTP_NOT_FOUND
        && header(connection, "X-Error-Code").orElse("").equals("EntryNotFound")) {
      return Optional.empty();
    }
    if (status >= HttpURLConnection.HTTP_BAD_REQUEST) {
      throw refused(model, status);
    }
    return Optional.of(remoteFile(address, connection));
  }

  private RemoteFile remoteFile(URI address, HttpURLConnection connection) {
    String etag =
        header(connection, "X-Linked-Etag")
            .or(() -> header(connection, "ETag"))
            .orElse("")
            .replaceFirst("^W/", "")
            .replace("\"", "");
    String commit = header(connection, "X-Repo-Commit").orElse("");
    long bytes =
        header(connection, "X-Linked-Size")
            .or(() -> header(connection, "Content-Length"))
            .filter(text -> text.matches("\\d{1,18}"))
            .map(Long::parseLong)
            .orElse(-1L);
    // Both become file names in the cache.
    if (!ETAG.matcher(etag).matches() || !COMMIT.matcher(commit).matches() || bytes < 0) {
      throw new AlidadeException(
          "%s does not answer as a hub does (ETag \"%s\", commit \"%s\")"
              .formatted(settings.endpoint(), etag, commit));
    }
    return new RemoteFile(address, commit, etag, bytes);
  }

  /// Opens a file's content from `start` on, or from the beginning if the server cannot.
  Content open(RemoteFile file, long start) throws IOException {
    HttpURLConnection connection = connect(file.address(), "GET", start);
    if (isRedirect(status(connection))) {
      connection = follow(connection, "GET", start);
    }
    int status = status(connection);
    if (status >= HttpURLConnection.HTTP_BAD_REQUEST) {
      throw new IOException("status %d for %s".formatted(status, file.address().getPath()));
    }
    return new Content(
        status == HttpURLConnection.HTTP_PARTIAL ? start : 0, connection.getInputStream());
  }

  private HttpURLConnection follow(HttpURLConnection first, String method, long start)
      throws IOException {
    HttpURLConnection connection = first;
    for (int i = 0; i < MAX_REDIRECTS && isRedirect(status(connection)); i++) {
      String location = header(connection, "Location").orElse("");
      URI next;
      try {
        next = connection.getURL().toURI().resolve(location);
      } catch (URISyntaxException | IllegalArgumentException e) {
        throw new IOException("redirected to \"%s\"".formatted(location), e);
      }
      connection.disconnect();
      connection = connect(next, method, start);
    }
    return connection;
  }

  private HttpURLConnection connect(URI address, String method, long start) throws IOException {
    if (!(address.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException("redirected to %s, no http address".formatted(address));
    }
    int timeoutMillis = Math.toIntExact(settings.timeout().toMillis());
    connection.setConnectTimeout(timeoutMillis);
    connection.setReadTimeout(timeoutMillis);
    connection.setInstanceFollowRedirects(false);
    connection.setRequestMethod(method);
    // Otherwise the size of the answer would be that of its compressed form.
    connection.setRequestProperty("Accept-Encoding", "identity");
    connection.setRequestProperty("User-Agent", "alidade");
    if (start > 0) {
      connection.setRequestProperty("Range", "bytes=%d-".formatted(start));
    }
    if (!settings.token().isEmpty() && isHub(address)) {
      connection.setRequestProperty("Authorization", "Bearer " + settings.token());
    }
    return connection;
  }

  private boolean isHub(URI address) {
    URI endpoint = settings.endpoint();
    return Objects.equals(address.getHost(), endpoint.getHost())
        && Objects.equals(address.getScheme(), endpoint.getScheme())
        && address.getPort() == endpoint.getPort();
  }

  private int status(HttpURLConnection connection) throws IOException {
    try {
      return connection.getResponseCode();
    } catch (UnknownHostException e) {
      throw new IOException("host %s is unknown".formatted(e.getMessage()), e);
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "no answer from %s within %d s"
              .formatted(connection.getURL().getHost(), settings.timeout().toSeconds()),
          e);
    }
  }

  private static boolean isRedirect(int status) {
    return status >= 300 && status < 400 && status != HttpURLConnection.HTTP_NOT_MODIFIED;
  }

  private static Optional<String> header(HttpURLConnection connection, String name) {
    return Optional.ofNullable(connection.getHeaderField(name));
  }

  private AlidadeException refused(HubName model, int status) {
    return new AlidadeException(
        switch (status) {
          case 401 ->
              "access to %s was refused (401); the name may be wrong, or it needs a token in HF_TOKEN"
                  .formatted(model);
          case 403 ->
              "access to %s is forbidden (403); its licence may have to be accepted on the hub first"
                  .formatted(model);
          case 404 ->
              "%s has no %s, or no such revision (404)".formatted(settings.endpoint(), model);
          default -> "%s answered %d for %s".formatted(settings.endpoint(), status, model);
        });
  }
}
