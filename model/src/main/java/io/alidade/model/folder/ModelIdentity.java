package io.alidade.model.folder;

import io.alidade.core.ContentHash;
import io.alidade.core.Sha256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The hash under which a model is known: two models with the same one give every input the same
/// vector. It covers the weights and all that stands before and behind them, in the form in which
/// it is used, so that a change which changes nothing (a card, the order of keys) leaves it alone.
///
/// What names a default only, such as the instruction of queries that bring none, is not part of
/// it, since inputs carry their instruction; nor is the `Normalize` module, as vectors always have
/// length 1.
final class ModelIdentity {
  private ModelIdentity() {}

  static String of(ModelDescription model) {
    EmbeddingSettings settings = model.settings();
    var parts = new ArrayList<String>();
    add(parts, "weights", model.weights().sha256());
    model
        .adapter()
        .ifPresent(adapter -> add(parts, "adapter", adapter.weights().sha256(), adapter.modules()));
    add(parts, "config", model.config());
    add(parts, "tokenizer", Sha256.ofText(model.tokenizer().json().text()));
    add(parts, "tokens", settings.maxTokens());
    add(parts, "query", settings.template().query());
    add(parts, "document", settings.template().documentPrefix());
    model
        .latentFolder()
        .ifPresent(folder -> add(parts, "latent attention", ContentHash.of(folder)));
    add(parts, "pooling", settings.pooling());
    for (Path dense : model.denseFolders()) {
      add(parts, "dense", ContentHash.of(dense));
    }
    model.truncated().ifPresent(dimensions -> add(parts, "dimensions", dimensions));
    return Sha256.ofText(String.join("\n", parts));
  }

  private static void add(List<String> parts, String name, Object... values) {
    parts.add(name);
    for (Object value : values) {
      // Between quotes, so that a line break in a template cannot pass for a part.
      parts.add("\"" + String.valueOf(value).replace("\\", "\\\\").replace("\n", "\\n") + "\"");
    }
  }
}
