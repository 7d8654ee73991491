package io.alidade.cli.command;

import io.alidade.core.UsageException;
import io.alidade.eval.api.Endpoint;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options that say which server is compared with a model, and from when on they are the same.
final class ServerOptions {
  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Compare this server's vectors with the model's.")
  private String url = "";

  @Mixin private ServerAccess access = new ServerAccess();

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
    return access.endpoint(url, environment);
  }

  ServerAccess access() {
    return access;
  }
}
