package io.alidade.cli.command;

import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import io.alidade.eval.api.EmbeddingClient;
import io.alidade.eval.api.Endpoint;
import io.alidade.eval.api.ServerKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// The options that say how an embedding server is asked.
final class ServerAccess {
  private static final String AUTO = "auto";

  /// A server may have to load its model first.
  static final Duration TIMEOUT = Duration.ofMinutes(2);

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

  /// The server's address, with the key if there is one; the caller closes it.
  Endpoint endpoint(String url, Map<String, String> environment) {
    return new Endpoint(
        Endpoint.address(url),
        new KeyVariable("--api-key-env", keyVariable).key(environment),
        TIMEOUT);
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

  /// What vectors depend on, for a manifest.
  void describe(ObjectNode recipe) {
    recipe.put("api", api).put("api_model", model);
  }
}
