package io.alidade.eval.api;

import io.alidade.core.UsageException;
import io.alidade.eval.api.OpenAiProtocol.Encoding;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/// The kinds of servers whose own protocol is known.
public enum ServerKind {
  /// text-embeddings-inference.
  TEI("/info", "max_input_length"),
  OLLAMA("/api/tags", "models"),
  LLAMACPP("/props", "default_generation_settings"),
  /// Any server with `/v1/embeddings`.
  OPENAI("/v1/models", "data");

  private final String aboutPath;
  private final String aboutKey;

  ServerKind(String aboutPath, String aboutKey) {
    this.aboutPath = aboutPath;
    this.aboutKey = aboutKey;
  }

  /// Its name on the command line, such as `tei`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The kind that answers at an address, by what only it tells about itself; OpenAI's protocol if
  /// none does.
  ///
  /// @throws ServerException if nothing answers there
  public static ServerKind detect(Endpoint endpoint) {
    for (ServerKind kind : values()) {
      if (kind != OPENAI && kind.answersAt(endpoint)) {
        return kind;
      }
    }
    return OPENAI;
  }

  private boolean answersAt(Endpoint endpoint) {
    try {
      return endpoint.get(aboutPath).has(aboutKey);
    } catch (ServerException e) {
      if (e.status() == 0) {
        throw e;
      }
      return false;
    }
  }

  /// The protocol in which this kind is asked.
  ///
  /// @param model the name to ask for; empty for the only one that the server has
  public EmbeddingProtocol protocol(Endpoint endpoint, String model) {
    return switch (this) {
      case TEI -> new TeiProtocol();
      case LLAMACPP -> new LlamaCppProtocol();
      case OLLAMA -> new OllamaProtocol(model.isEmpty() ? onlyModel(endpoint, "name") : model);
      case OPENAI ->
          new OpenAiProtocol(model.isEmpty() ? onlyModel(endpoint, "id") : model, Encoding.FLOAT);
    };
  }

  /// The only model of a server's list, or none where the server has no list.
  private String onlyModel(Endpoint endpoint, String key) {
    JsonNode list;
    try {
      list = endpoint.get(aboutPath).path(aboutKey);
    } catch (ServerException e) {
      if (e.status() == 404) {
        return "";
      }
      throw e;
    }
    List<String> names = list.valueStream().map(model -> model.path(key).asString("")).toList();
    if (names.size() != 1) {
      throw new UsageException(
          "%s has %s; name the one to ask for with --api-model"
              .formatted(
                  endpoint,
                  names.isEmpty() ? "no model" : "the models " + String.join(", ", names)));
    }
    return names.getFirst();
  }
}
