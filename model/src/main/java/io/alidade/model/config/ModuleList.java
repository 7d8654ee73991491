package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The steps of a sentence-transformers model in order, as `modules.json` lists them.
public record ModuleList(List<Module> modules) {
  public static final String FILE = "modules.json";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// One step.
  ///
  /// @param type its class, whose path differs between versions
  /// @param path its folder inside the model's; empty for the model's own
  public record Module(String type, String path) {
    /// The last part of the class's name, such as `Pooling`, which all versions share.
    public String kind() {
      return type.substring(type.lastIndexOf('.') + 1);
    }

    public boolean isTransformer() {
      return kind().equals("Transformer");
    }
  }

  public ModuleList {
    modules = List.copyOf(modules);
  }

  /// Reads the file.
  ///
  /// @throws DataException if it is no such list, or a path leads out of the folder
  public static ModuleList read(Path file) {
    JsonNode json = parse(file);
    if (!json.isArray() || json.isEmpty()) {
      throw new DataException(file, "is no list of modules");
    }
    return new ModuleList(json.valueStream().map(module -> module(file, module)).toList());
  }

  private static JsonNode parse(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new DataException(file, "not JSON: " + ParserMessage.of(e), e);
    }
  }

  private static Module module(Path file, JsonNode module) {
    String type = module.path("type").asString("");
    String path = module.path("path").asString("");
    if (!path.matches("(?:[\\w-][\\w.-]*(?:/[\\w-][\\w.-]*)*/?)?")) {
      throw new DataException(file, "module path \"%s\" leads out of the folder".formatted(path));
    }
    return new Module(type, path);
  }
}
