package io.alidade.cli.command;

import io.alidade.core.PromptTemplate;
import io.alidade.core.UsageException;
import io.alidade.eval.api.EmbeddingClient;
import io.alidade.eval.api.Endpoint;
import io.alidade.eval.api.ServerEmbedder;
import io.alidade.model.LoadSettings;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// The options that say who ranks documents.
final class TeacherOptions {
  static final String BM25 = "bm25";

  /// A template that leaves queries as they are.
  private static final String BARE = "{text}";

  @Option(
      names = "--model",
      paramLabel = "DIR|NAME|bm25",
      description = "Who ranks: a model folder, a backbone's name, e5-small-v2, or bm25.")
  private String model = "";

  @Option(
      names = "--server",
      paramLabel = "URL",
      description = "Who ranks in place of --model: an embedding server.")
  private String server = "";

  @Mixin private ServerAccess access = new ServerAccess();

  @Option(
      names = "--query-template",
      paramLabel = "TEXT",
      description =
          "How the server's model wants queries, with {text}, {instruction} and \\n for a new line,"
              + " such as 'Instruct: {instruction}\\nQuery: {text}' or 'query: {text}' (default:"
              + " the bare text).")
  private String queryTemplate = BARE;

  @Option(
      names = "--document-prefix",
      paramLabel = "TEXT",
      description = "What the server's model wants before documents, such as 'passage: '.")
  private String documentPrefix = "";

  @Mixin private Loading loading = new Loading();

  /// Refuses options that do not go together.
  ///
  /// @throws UsageException if there is no teacher, more than one, or a server that cannot be asked
  void check(Map<String, String> environment) {
    if (model.isEmpty() == server.isEmpty()) {
      throw new UsageException(
          model.isEmpty()
              ? "who ranks is missing; give --model, such as --model e5-small-v2, or --server URL"
              : "--model and --server exclude each other; give one");
    }
    if (served()) {
      PromptTemplate _ = template();
      access.endpoint(server, environment).close();
    }
  }

  boolean served() {
    return !server.isEmpty();
  }

  String server() {
    return server;
  }

  String model() {
    return model;
  }

  LoadSettings loading() {
    return loading.settings();
  }

  /// The server, which is asked at once; the caller closes it.
  ServerEmbedder openServer(Map<String, String> environment) {
    Endpoint endpoint = access.endpoint(server, environment);
    try {
      EmbeddingClient client = access.client(endpoint, access.kind(endpoint));
      return ServerEmbedder.open(client, template(), server);
    } catch (RuntimeException e) {
      endpoint.close();
      throw e;
    }
  }

  /// All that rankings depend on, for a manifest.
  void describe(ObjectNode recipe) {
    if (served()) {
      recipe.put("server", server);
      access.describe(recipe);
      recipe.put("query_template", queryTemplate).put("document_prefix", documentPrefix);
    } else {
      recipe.put("model", model);
      loading.given().forEach(recipe::put);
    }
  }

  private PromptTemplate template() {
    try {
      return new PromptTemplate(queryTemplate.replace("\\n", "\n"), documentPrefix);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--query-template: " + e.getMessage());
    }
  }
}
