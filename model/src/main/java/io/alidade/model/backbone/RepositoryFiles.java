package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.config.JsonObject;
import io.alidade.model.config.ModuleList;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/// Gathers the files of a repository that make up a model: an embedding model with its modules, an
/// adapter, or a bare backbone. What else lies there (other formats of the weights, pictures) is
/// left alone.
final class RepositoryFiles {
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final String CONFIG = "config.json";
  private static final List<String> OF_THE_MODEL =
      List.of("config_sentence_transformers.json", "alidade.json", "golden.json");
  private static final List<String> OF_THE_TRANSFORMER =
      List.of("tokenizer_config.json", "special_tokens_map.json", "sentence_bert_config.json");

  /// Gets files into the folder of a snapshot.
  @FunctionalInterface
  interface Source {
    /// Returns whether the repository has the file; it is in the folder then.
    boolean get(String path) throws IOException;
  }

  /// A repository lacks what a model needs.
  static final class MissingFileException extends AlidadeException {
    private static final long serialVersionUID = 1L;

    MissingFileException(String name, String path) {
      super(
          "%s has no %s; a model with tokenizer.json and safetensors weights is wanted"
              .formatted(name, path));
    }
  }

  private final String name;
  private final Path folder;
  private final Source source;

  RepositoryFiles(String name, Path folder, Source source) {
    this.name = name;
    this.folder = folder;
    this.source = source;
  }

  /// @throws MissingFileException if the repository lacks what a model needs
  void gather() throws IOException {
    for (String path : OF_THE_MODEL) {
      source.get(path);
    }
    String transformer = "";
    if (source.get(ModuleList.FILE)) {
      for (ModuleList.Module module : ModuleList.read(folder.resolve(ModuleList.FILE)).modules()) {
        if (module.isTransformer()) {
          transformer = prefix(module);
        } else if (!module.path().isEmpty()) {
          source.get(prefix(module) + CONFIG);
          source.get(prefix(module) + WEIGHTS);
        }
      }
    }
    gatherTransformer(transformer);
  }

  private static String prefix(ModuleList.Module module) {
    String path = module.path();
    return path.isEmpty() || path.endsWith("/") ? path : path + "/";
  }

  private void gatherTransformer(String prefix) throws IOException {
    for (String path : OF_THE_TRANSFORMER) {
      source.get(prefix + path);
    }
    boolean adapter = source.get(prefix + "adapter_config.json");
    boolean tokenizer =
        source.get(prefix + "tokenizer.json") || source.get(prefix + "tokenizer.model");
    if (adapter) {
      require(prefix + "adapter_model.safetensors");
      return;
    }
    require(prefix + CONFIG);
    if (!tokenizer) {
      throw new MissingFileException(name, prefix + "tokenizer.json");
    }
    if (!source.get(prefix + WEIGHTS)) {
      require(prefix + INDEX);
      for (String shard : shards(folder.resolve(prefix + INDEX))) {
        require(prefix + shard);
      }
    }
  }

  private void require(String path) throws IOException {
    if (!source.get(path)) {
      throw new MissingFileException(name, path);
    }
  }

  private static SortedSet<String> shards(Path index) {
    var shards = new TreeSet<String>();
    JsonObject.read(index)
        .object("weight_map")
        .ifPresent(map -> shards.addAll(map.texts().values()));
    for (String shard : shards) {
      // The name comes from the hub and becomes a path here and an address there.
      if (!shard.matches("[\\w-][\\w.-]*")) {
        throw new DataException(index, "names the shard \"%s\", no file name".formatted(shard));
      }
    }
    return shards;
  }
}
