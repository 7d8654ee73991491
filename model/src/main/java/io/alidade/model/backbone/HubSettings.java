package io.alidade.model.backbone;

import io.alidade.core.UsageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How the Hugging Face hub is reached, by the variables that its own tools read.
///
/// @param endpoint `HF_ENDPOINT`
/// @param cache `HF_HUB_CACHE`, or `hub` in `HF_HOME`
/// @param token `HF_TOKEN`, or the content of `token` in `HF_HOME`; empty for none
/// @param offline `HF_HUB_OFFLINE`: only the cache is used
/// @param timeout for a connection, and for a pause in an answer
public record HubSettings(
    URI endpoint, Path cache, String token, boolean offline, Duration timeout) {
  private static final String DEFAULT_ENDPOINT = "https://huggingface.co";
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final Set<String> TRUE = Set.of("1", "on", "yes", "true");

  public static HubSettings of(Map<String, String> environment) {
    Path home =
        variable(environment, "HF_HOME")
            .map(Path::of)
            .orElseGet(() -> UserFolders.cache(environment).resolve("huggingface"));
    Path cache =
        variable(environment, "HF_HUB_CACHE").map(Path::of).orElseGet(() -> home.resolve("hub"));
    String endpoint = variable(environment, "HF_ENDPOINT").orElse(DEFAULT_ENDPOINT);
    boolean offline =
        TRUE.contains(environment.getOrDefault("HF_HUB_OFFLINE", "").toLowerCase(Locale.ROOT));
    return new HubSettings(
        uri(endpoint), cache, token(environment, home), offline, DEFAULT_TIMEOUT);
  }

  private static URI uri(String endpoint) {
    try {
      URI uri = URI.create(endpoint.replaceAll("/+$", ""));
      if (Set.of("http", "https").contains("" + uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, like every other text that is no address.
    }
    throw new UsageException("HF_ENDPOINT is \"%s\", no http or https address".formatted(endpoint));
  }

  private static String token(Map<String, String> environment, Path home) {
    Path file =
        variable(environment, "HF_TOKEN_PATH").map(Path::of).orElseGet(() -> home.resolve("token"));
    return variable(environment, "HF_TOKEN").orElseGet(() -> read(file)).strip();
  }

  private static String read(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return "";
    }
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  /// Without the token, which must not reach a log.
  @Override
  public String toString() {
    return "HubSettings[endpoint=%s, cache=%s, offline=%s]".formatted(endpoint, cache, offline);
  }
}
