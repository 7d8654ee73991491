package io.alidade.model.folder;

import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import io.alidade.model.config.JsonObject;
import io.alidade.model.head.Pooling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `modules.json` and the configuration of the pooling module: a list of `Transformer`, `Pooling`
/// and perhaps `Dense` and `Normalize`, under the names of any version of sentence-transformers.
///
/// @param transformer the folder of the transformer
record ModulesFile(Path transformer, Pooling pooling, List<Path> denseFolders, boolean normalize) {
  static final String NAME = "modules.json";
  static final String POOLING_FOLDER = "1_Pooling";
  static final String NORMALIZE_FOLDER = "2_Normalize";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// These names load in sentence-transformers 2 to 6, and are the only ones that
  /// text-embeddings-inference knows.
  private static final String WRITTEN_PREFIX = "sentence_transformers.models.";

  ModulesFile {
    denseFolders = List.copyOf(denseFolders);
  }

  /// What a folder without the file is taken for.
  static ModulesFile lastToken(Path folder) {
    return new ModulesFile(folder, Pooling.LAST_TOKEN, List.of(), true);
  }

  static ModulesFile read(Path folder) {
    Path file = folder.resolve(NAME);
    var transformer = folder;
    var pooling = new ArrayList<Pooling>();
    var dense = new ArrayList<Path>();
    boolean normalize = false;
    for (JsonNode module : modules(file)) {
      String type = module.path("type").asString("");
      Path path = inside(file, folder, module.path("path").asString(""));
      switch (type.substring(type.lastIndexOf('.') + 1)) {
        case "Transformer" -> transformer = path;
        case "Pooling" -> pooling.add(readPooling(path.resolve("config.json")));
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
                    .formatted(type));
      }
    }
    if (pooling.size() != 1) {
      throw new DataException(file, "lists %d Pooling modules, not one".formatted(pooling.size()));
    }
    return new ModulesFile(transformer, pooling.getFirst(), dense, normalize);
  }

  private static JsonNode modules(Path file) {
    try {
      JsonNode json = JSON.readTree(Files.readString(file));
      if (json.isArray() && !json.isEmpty()) {
        return json;
      }
      throw new DataException(file, "is no list of modules");
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new DataException(file, "not JSON: " + ParserMessage.of(e), e);
    }
  }

  private static Path inside(Path file, Path folder, String path) {
    Path resolved = folder.resolve(path).normalize();
    if (!resolved.startsWith(folder.normalize())) {
      throw new DataException(file, "module path \"%s\" leads out of the folder".formatted(path));
    }
    return resolved;
  }

  private static Pooling readPooling(Path file) {
    JsonObject json = JsonObject.read(file);
    List<String> modes = modes(json);
    if (modes.size() != 1) {
      throw new DataException(
          file, "pooling %s is not supported; one mode alone is".formatted(modes));
    }
    Pooling pooling = mode(file, modes.getFirst());
    if (pooling != Pooling.LAST_TOKEN && !json.flag("include_prompt").orElse(true)) {
      throw new DataException(file, "\"include_prompt\": false is not supported");
    }
    return pooling;
  }

  /// By the name of its switch, or by its name from version 5.4 on, which ends earlier.
  private static Pooling mode(Path file, String name) {
    List<String> labels = List.of(name, name + "_token", name + "_tokens");
    return Arrays.stream(Pooling.values())
        .filter(pooling -> labels.contains(pooling.label()))
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    file,
                    "pooling \"%s\" is not supported; lasttoken, mean, cls, max, mean_sqrt_len and weightedmean are"
                        .formatted(name)));
  }

  /// From version 5.4 on `pooling_mode` names them; before, there was a switch for each.
  private static List<String> modes(JsonObject json) {
    JsonNode named = json.node().path("pooling_mode");
    if (named.isString()) {
      return List.of(named.stringValue());
    }
    if (named.isArray()) {
      return named.valueStream().map(mode -> mode.asString("")).toList();
    }
    return json.keys().stream()
        .filter(key -> key.startsWith("pooling_mode_") && json.flag(key).orElse(false))
        .map(key -> key.substring("pooling_mode_".length()))
        .toList();
  }

  static void write(Path folder, Pooling pooling, boolean normalize, int hidden)
      throws IOException {
    var modules = new ArrayList<Map<String, Object>>();
    modules.add(module(0, "", "Transformer"));
    modules.add(module(1, POOLING_FOLDER, "Pooling"));
    if (normalize) {
      modules.add(module(2, NORMALIZE_FOLDER, "Normalize"));
      Files.createDirectories(folder.resolve(NORMALIZE_FOLDER));
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("word_embedding_dimension", hidden);
    for (Pooling mode : Pooling.values()) {
      json.put("pooling_mode_" + mode.label(), mode == pooling);
    }
    json.put("include_prompt", true);
    JsonFiles.write(folder.resolve(POOLING_FOLDER).resolve("config.json"), json);
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
