package io.alidade.cli.command;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import io.alidade.eval.api.EmbeddingClient;
import io.alidade.eval.api.Endpoint;
import io.alidade.eval.api.ServerKind;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/// The options that say which server is asked, and how.
final class ServerOptions {
  private static final String AUTO = "auto";

  /// A server may have to load its model first.
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Compare this server's vectors with the model's.")
  private String url = "";

  @Option(
      names = "--api",
      paramLabel = "openai|tei|ollama|llamacpp|auto",
      description = "The server's protocol (default: ${DEFAULT-VALUE}, asking it).")
  private String api = AUTO;

  @Option(
      names = "--api-model",
      paramLabel = "NAME",
      description = "The model's name at the server (default: the only one it has).")
  private String model = "";

  @Option(
      names = "--api-key-env",
      paramLabel = "VARIABLE",
      description = "Environment variable that holds the server's key.")
  private String keyVariable = "";

  @Option(
      names = "--gate",
      paramLabel = "COSINE",
      description = "From which cosine on vectors are the same (default: ${DEFAULT-VALUE}).")
  private double gate = 0.999;

  boolean given() {
    return !url.isEmpty();
  }

  double gate() {
    if (!(gate > 0 && gate <= 1)) {
      throw new UsageException("--gate %s: a cosine over 0 and up to 1 is wanted".formatted(gate));
    }
    return gate;
  }

  /// The server's address, with the key if there is one; the caller closes it.
  Endpoint endpoint(Map<String, String> environment) {
    URI address = Endpoint.address(url);
    return new Endpoint(address, key(environment), TIMEOUT);
  }

  /// The client for the protocol that was asked for, or that the server shows.
  EmbeddingClient client(Endpoint endpoint, ServerKind kind) {
    return new EmbeddingClient(endpoint, kind.protocol(endpoint, model));
  }

  ServerKind kind(Endpoint endpoint) {
    if (api.equals(AUTO)) {
      return ServerKind.detect(endpoint);
    }
    List<String> labels =
        Stream.concat(Arrays.stream(ServerKind.values()).map(ServerKind::label), Stream.of(AUTO))
            .toList();
    return Arrays.stream(ServerKind.values())
        .filter(kind -> kind.label().equals(api))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "--api %s is not known%s; allowed are %s"
                        .formatted(api, NearestName.hint(api, labels), String.join(", ", labels))));
  }

  private Optional<String> key(Map<String, String> environment) {
    if (keyVariable.isEmpty()) {
      return Optional.empty();
    }
    String key = environment.getOrDefault(keyVariable, "").strip();
    if (key.isEmpty()) {
      throw new UsageException(
          "--api-key-env %s: the environment has no such variable, or it is empty"
              .formatted(keyVariable));
    }
    if (!key.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new UsageException(
          "--api-key-env %s: the key holds characters that a header cannot carry"
              .formatted(keyVariable));
    }
    return Optional.of(key);
  }
}
