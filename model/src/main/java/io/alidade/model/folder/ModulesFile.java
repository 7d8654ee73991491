package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.ModuleList;
import io.alidade.model.head.LatentWeights;
import io.alidade.model.head.TextPooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `modules.json`: a list of `Transformer`, `Pooling` and perhaps `Dense` and `Normalize`, under
/// the names of any version of sentence-transformers; before `Pooling` perhaps Alidade's own
/// `LatentAttention`, which that library and others stop at.
///
/// @param transformer the folder of the transformer
/// @param latentFolder the folder of the latent attention, if there is one
public record ModulesFile(
    Path transformer,
    Optional<Path> latentFolder,
    TextPooling pooling,
    List<Path> denseFolders,
    boolean normalize) {
  public static final String NAME = ModuleList.FILE;
  static final String POOLING_FOLDER = "1_Pooling";
  static final String NORMALIZE_FOLDER = "2_Normalize";
  private static final String LATENT_ATTENTION = "LatentAttention";

  /// These names load in sentence-transformers 2 to 6, and are the only ones that
  /// text-embeddings-inference knows.
  private static final String WRITTEN_PREFIX = "sentence_transformers.models.";

  /// No package has it, so that no tool passes over the module and gives other vectors.
  private static final String OWN_PREFIX = "alidade.";

  public ModulesFile {
    denseFolders = List.copyOf(denseFolders);
  }

  /// What a folder without the file is taken for.
  static ModulesFile of(Path folder, TextPooling pooling) {
    return new ModulesFile(folder, Optional.empty(), pooling, List.of(), true);
  }

  /// Reads the file of a model folder, and its pooling module's.
  ///
  /// @throws DataException if the modules are others, or in another order
  public static ModulesFile read(Path folder) {
    Path file = folder.resolve(NAME);
    var transformer = folder;
    Optional<Path> latents = Optional.empty();
    var pooling = new ArrayList<TextPooling>();
    var dense = new ArrayList<Path>();
    boolean normalize = false;
    for (ModuleList.Module module : ModuleList.read(file).modules()) {
      Path path = folder.resolve(module.path());
      switch (module.kind()) {
        case "Transformer" -> transformer = path;
        case LATENT_ATTENTION -> {
          if (!pooling.isEmpty() || latents.isPresent()) {
            throw new DataException(file, "LatentAttention is supported once, before Pooling");
          }
          latents = Optional.of(path);
        }
        case "Pooling" -> pooling.add(PoolingFile.read(path.resolve("config.json")));
        case "Dense" -> {
          if (pooling.isEmpty() || normalize) {
            throw new DataException(file, "Dense is supported between Pooling and Normalize only");
          }
          dense.add(path);
        }
        case "Normalize" -> normalize = true;
        default ->
            throw new DataException(
                file,
                "module type \"%s\" is not supported; Transformer, LatentAttention, Pooling, Dense and Normalize are"
                    .formatted(module.type()));
      }
    }
    if (pooling.size() != 1) {
      throw new DataException(file, "lists %d Pooling modules, not one".formatted(pooling.size()));
    }
    return new ModulesFile(transformer, latents, pooling.getFirst(), dense, normalize);
  }

  /// Writes the list and the modules that it lists behind the transformer.
  static void write(
      Path folder, Optional<LatentWeights> latents, EmbeddingSettings settings, int hidden)
      throws IOException {
    var modules = new ArrayList<Map<String, Object>>();
    modules.add(module(0, "", WRITTEN_PREFIX + "Transformer"));
    if (latents.isPresent()) {
      Path path = folder.resolve(add(modules, OWN_PREFIX, LATENT_ATTENTION));
      new LatentFolder(path).write(latents.get());
    }
    Path pooling = folder.resolve(add(modules, WRITTEN_PREFIX, "Pooling"));
    PoolingFile.write(pooling.resolve("config.json"), settings.pooling(), hidden);
    if (settings.normalize()) {
      Files.createDirectories(folder.resolve(add(modules, WRITTEN_PREFIX, "Normalize")));
    }
    JsonFiles.write(folder.resolve(NAME), modules);
  }

  /// The module's folder, such as `1_Pooling`.
  private static String add(List<Map<String, Object>> modules, String prefix, String kind) {
    String path = modules.size() + "_" + kind;
    modules.add(module(modules.size(), path, prefix + kind));
    return path;
  }

  /// Writes the list of a folder and its pooling module once more, under the names and keys that
  /// every version of every server reads; sentence-transformers 6 writes others.
  ///
  /// @param hidden the width of the states
  public static void rewrite(Path folder, int hidden) {
    TextPooling pooling = read(folder).pooling();
    var modules = new ArrayList<Map<String, Object>>();
    for (ModuleList.Module module : ModuleList.read(folder.resolve(NAME)).modules()) {
      modules.add(module(modules.size(), module.path(), WRITTEN_PREFIX + module.kind()));
      if (module.kind().equals("Pooling")) {
        Path file = folder.resolve(module.path()).resolve("config.json");
        PoolingFile.write(file, pooling, hidden);
      }
    }
    JsonFiles.write(folder.resolve(NAME), modules);
  }

  private static Map<String, Object> module(int index, String path, String type) {
    Map<String, Object> module = new LinkedHashMap<>();
    module.put("idx", index);
    module.put("name", Integer.toString(index));
    module.put("path", path);
    module.put("type", type);
    return module;
  }
}
