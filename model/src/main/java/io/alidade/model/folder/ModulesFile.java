package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.model.config.ModuleList;
import io.alidade.model.head.TextPooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `modules.json`: a list of `Transformer`, `Pooling` and perhaps `Dense` and `Normalize`, under
/// the names of any version of sentence-transformers.
///
/// @param transformer the folder of the transformer
public record ModulesFile(
    Path transformer, TextPooling pooling, List<Path> denseFolders, boolean normalize) {
  public static final String NAME = ModuleList.FILE;
  static final String POOLING_FOLDER = "1_Pooling";
  static final String NORMALIZE_FOLDER = "2_Normalize";

  /// These names load in sentence-transformers 2 to 6, and are the only ones that
  /// text-embeddings-inference knows.
  private static final String WRITTEN_PREFIX = "sentence_transformers.models.";

  public ModulesFile {
    denseFolders = List.copyOf(denseFolders);
  }

  /// What a folder without the file is taken for.
  static ModulesFile of(Path folder, TextPooling pooling) {
    return new ModulesFile(folder, pooling, List.of(), true);
  }

  /// Reads the file of a model folder, and its pooling module's.
  ///
  /// @throws DataException if the modules are others, or in another order
  public static ModulesFile read(Path folder) {
    Path file = folder.resolve(NAME);
    var transformer = folder;
    var pooling = new ArrayList<TextPooling>();
    var dense = new ArrayList<Path>();
    boolean normalize = false;
    for (ModuleList.Module module : ModuleList.read(file).modules()) {
      Path path = folder.resolve(module.path());
      switch (module.kind()) {
        case "Transformer" -> transformer = path;
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
                "module type \"%s\" is not supported; Transformer, Pooling, Dense and Normalize are"
                    .formatted(module.type()));
      }
    }
    if (pooling.size() != 1) {
      throw new DataException(file, "lists %d Pooling modules, not one".formatted(pooling.size()));
    }
    return new ModulesFile(transformer, pooling.getFirst(), dense, normalize);
  }

  static void write(Path folder, TextPooling pooling, boolean normalize, int hidden)
      throws IOException {
    var modules = new ArrayList<Map<String, Object>>();
    modules.add(module(0, "", "Transformer"));
    modules.add(module(1, POOLING_FOLDER, "Pooling"));
    if (normalize) {
      modules.add(module(2, NORMALIZE_FOLDER, "Normalize"));
      Files.createDirectories(folder.resolve(NORMALIZE_FOLDER));
    }
    PoolingFile.write(folder.resolve(POOLING_FOLDER).resolve("config.json"), pooling, hidden);
    JsonFiles.write(folder.resolve(NAME), modules);
  }

  /// Writes the list of a folder and its pooling module once more, under the names and keys that
  /// every version of every server reads; sentence-transformers 6 writes others.
  ///
  /// @param hidden the width of the states
  public static void rewrite(Path folder, int hidden) {
    TextPooling pooling = read(folder).pooling();
    var modules = new ArrayList<Map<String, Object>>();
    for (ModuleList.Module module : ModuleList.read(folder.resolve(NAME)).modules()) {
      modules.add(module(modules.size(), module.path(), module.kind()));
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
    module.put("type", WRITTEN_PREFIX + type);
    return module;
  }
}
