package io.alidade.core.recipe;

import io.alidade.core.DataException;
import io.alidade.core.ReadFailure;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/// A recipe as a tree of keys and values: read from YAML, written back, and made from records.
public final class RecipeTree {
  static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
          .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
          .build();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private RecipeTree() {}

  /// The tree in a YAML file; an empty file is an empty recipe.
  ///
  /// @throws UsageException if the file is not there
  /// @throws DataException if it is no YAML, or not a group of keys
  public static ObjectNode read(Path file) {
    try {
      return parse(file, Files.readString(file));
    } catch (NoSuchFileException _) {
      throw new UsageException(file + ": there is no such recipe");
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    }
  }

  /// The tree as YAML text.
  public static String yaml(JsonNode tree) {
    return YAML.writeValueAsString(tree);
  }

  /// The tree of a record: what a recipe that leaves nothing out would say.
  public static ObjectNode of(Record settings) {
    ObjectNode tree = NODES.objectNode();
    for (Class<?> implemented : settings.getClass().getInterfaces()) {
      if (implemented.isSealed()) {
        tree.put("type", RecipeNames.label(settings.getClass()));
      }
    }
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Object value = Defaults.valueOf(component, settings);
      tree.set(RecipeNames.key(component.getName()), node(value));
    }
    return tree;
  }

  private static JsonNode node(Object value) {
    return switch (value) {
      case Record record -> of(record);
      case Enum<?> constant -> NODES.stringNode(RecipeNames.label(constant));
      case Path path -> NODES.stringNode(path.toString().replace('\\', '/'));
      case List<?> list -> {
        ArrayNode array = NODES.arrayNode();
        list.forEach(element -> array.add(node(element)));
        yield array;
      }
      case Map<?, ?> map -> {
        ObjectNode object = NODES.objectNode();
        map.forEach((key, element) -> object.set(String.valueOf(key), node(element)));
        yield object;
      }
      case Integer number -> NODES.numberNode(number);
      case Long number -> NODES.numberNode(number);
      case Double number -> NODES.numberNode(number);
      case Float number -> NODES.numberNode(number);
      case Boolean bool -> NODES.booleanNode(bool);
      default -> NODES.stringNode(value.toString());
    };
  }

  /// The tree in YAML text.
  ///
  /// @param file where the text stands, for messages
  /// @throws DataException if it is no YAML, or not a group of keys
  public static ObjectNode parse(Path file, String text) {
    JsonNode tree;
    try {
      tree = YAML.readTree(text);
    } catch (JacksonException e) {
      YamlProblem problem = YamlProblem.of(e);
      throw new DataException(file, problem.line(), "broken YAML: " + problem.words());
    }
    if (tree.isMissingNode() || tree.isNull()) {
      return NODES.objectNode();
    }
    if (!(tree instanceof ObjectNode object)) {
      throw new DataException(file, "must be keys with values, such as \"seed: 42\"");
    }
    return object;
  }
}
