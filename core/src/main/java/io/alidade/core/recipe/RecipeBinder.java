package io.alidade.core.recipe;

import com.google.errorprone.annotations.FormatMethod;
import io.alidade.core.NearestName;
import io.alidade.core.UsageException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Binds a tree of keys and values to a tree of records by the conventions of this package, and
/// refuses what it does not know.
public final class RecipeBinder {
  private static final String TYPE_KEY = "type";

  private final String source;

  /// @param source what messages begin with, such as the recipe's file
  public RecipeBinder(String source) {
    this.source = source;
  }

  /// The record that the tree describes.
  ///
  /// @throws UsageException for an unknown or missing key, or a value that is not allowed; the
  ///   message names the key by its dotted path
  public <T> T bind(Class<T> type, JsonNode tree) {
    return type.cast(value(type, tree, "", Defaults.NONE));
  }

  private Object value(Type type, JsonNode node, String path, Defaults defaults) {
    return switch (type) {
      case Class<?> record when record.isRecord() ->
          record(record, group(record, node, path), path, defaults.forType(record));
      case Class<?> variants when variants.isSealed() -> variant(variants, node, path, defaults);
      case Class<?> scalar -> new ScalarBinder(source, path).value(scalar, node);
      case ParameterizedType list when list.getRawType() == List.class ->
          list(list.getActualTypeArguments()[0], node, path);
      case ParameterizedType map when map.getRawType() == Map.class ->
          map(map.getActualTypeArguments()[1], node, path);
      default -> throw new IllegalStateException(path + " has a type no recipe can hold: " + type);
    };
  }

  private Object record(Class<?> type, ObjectNode node, String path, Defaults defaults) {
    RecordComponent[] components = type.getRecordComponents();
    refuseUnknown(node, components, path);
    var arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      RecordComponent component = components[i];
      String key = RecipeNames.key(component.getName());
      String inner = RecipeNames.path(path, key);
      JsonNode child = node.path(key);
      Defaults left = defaults.of(component).map(Defaults::of).orElse(Defaults.NONE);
      arguments[i] =
          child.isMissingNode() || child.isNull()
              ? left.instance().orElseThrow(() -> missing(inner))
              : value(component.getGenericType(), child, inner, left);
    }
    return construct(type, components, arguments, path);
  }

  private Object variant(Class<?> sealed, JsonNode node, String path, Defaults defaults) {
    SortedMap<String, Class<?>> types = types(sealed);
    ObjectNode group = groupOfType(types, node, path).deepCopy();
    JsonNode named = group.path(TYPE_KEY);
    group.remove(TYPE_KEY);
    if (named.isMissingNode()) {
      Class<?> usual =
          defaults
              .instance()
              .<Class<?>>map(Object::getClass)
              .orElseThrow(() -> missing(RecipeNames.path(path, TYPE_KEY)));
      return record(usual, group, path, defaults);
    }
    String label = named.asString("");
    Class<?> type = types.get(label);
    if (type == null) {
      throw error(
          "%s is %s; allowed are %s%s",
          RecipeNames.path(path, TYPE_KEY),
          named,
          String.join(", ", types.keySet()),
          NearestName.hint(label, types.keySet()));
    }
    return record(type, group, path, defaults.forType(type));
  }

  private List<Object> list(Type element, JsonNode node, String path) {
    if (!(node instanceof ArrayNode array)) {
      throw error("%s is %s; a list is needed, such as [a, b]", path, node);
    }
    var values = new ArrayList<>();
    for (JsonNode child : array) {
      String inner = RecipeNames.path(path, Integer.toString(values.size()));
      values.add(value(element, child, inner, Defaults.NONE));
    }
    return List.copyOf(values);
  }

  private Map<String, Object> map(Type element, JsonNode node, String path) {
    if (!(node instanceof ObjectNode object)) {
      throw error("%s is %s; names with values are needed, such as {a: 1}", path, node);
    }
    var values = new LinkedHashMap<String, Object>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      String inner = RecipeNames.path(path, entry.getKey());
      values.put(entry.getKey(), value(element, entry.getValue(), inner, Defaults.NONE));
    }
    return Collections.unmodifiableMap(values);
  }

  private ObjectNode group(Class<?> type, JsonNode node, String path) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw error(
        "%s is %s; a group of the keys %s is needed",
        shown(path), node, String.join(", ", keys(type.getRecordComponents())));
  }

  private ObjectNode groupOfType(SortedMap<String, Class<?>> types, JsonNode node, String path) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    String label = node.asString("");
    throw error(
        "%s is %s; a group such as {%s: %s} is needed, of a type of %s",
        shown(path),
        node,
        TYPE_KEY,
        types.containsKey(label) ? label : types.firstKey(),
        String.join(", ", types.keySet()));
  }

  private static String shown(String path) {
    return path.isEmpty() ? "the recipe" : path;
  }

  private static SortedMap<String, Class<?>> types(Class<?> sealed) {
    var types = new TreeMap<String, Class<?>>();
    for (Class<?> permitted : sealed.getPermittedSubclasses()) {
      types.put(RecipeNames.label(permitted), permitted);
    }
    return types;
  }

  private void refuseUnknown(ObjectNode node, RecordComponent[] components, String path) {
    List<String> allowed = keys(components);
    for (String key : node.propertyNames()) {
      if (!allowed.contains(key)) {
        throw error(
            "unknown key \"%s\"%s %s: %s",
            RecipeNames.path(path, key),
            ofType(key, components, path)
                .or(() -> near(key, allowed, path))
                .map(hint -> "; did you mean %s? Allowed".formatted(hint))
                .orElse("; allowed"),
            path.isEmpty() ? "are" : "under " + path + " are",
            String.join(", ", allowed));
      }
    }
  }

  private static Optional<String> near(String key, List<String> allowed, String path) {
    return NearestName.of(key, allowed)
        .map(near -> "\"%s\"".formatted(RecipeNames.path(path, near)));
  }

  /// The key of which an unknown one is a type, such as `tuning` for `lora`.
  private static Optional<String> ofType(String key, RecordComponent[] components, String path) {
    return Arrays.stream(components)
        .filter(component -> component.getType().isSealed())
        .filter(component -> types(component.getType()).containsKey(key))
        .map(component -> RecipeNames.path(path, RecipeNames.key(component.getName())))
        .map(found -> "\"%s\", of type %s".formatted(found, key))
        .findFirst();
  }

  private Object construct(
      Class<?> type, RecordComponent[] components, Object[] arguments, String path) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw error("%s", located(String.valueOf(refused.getMessage()), components, path));
      }
      throw new IllegalStateException("cannot construct " + type, e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot construct " + type, e);
    }
  }

  /// The message under the key's full path, where it begins with a component's name.
  private static String located(String message, RecordComponent[] components, String path) {
    for (RecordComponent component : components) {
      String key = RecipeNames.key(component.getName());
      for (String name : List.of(component.getName(), key)) {
        if (message.equals(name) || message.startsWith(name + " ")) {
          return RecipeNames.path(path, key) + message.substring(name.length());
        }
      }
    }
    return path.isEmpty() ? message : path + ": " + message;
  }

  private static List<String> keys(RecordComponent[] components) {
    return Arrays.stream(components)
        .map(component -> RecipeNames.key(component.getName()))
        .collect(Collectors.toList());
  }

  private UsageException missing(String path) {
    return error("key \"%s\" is missing", path);
  }

  @FormatMethod
  private UsageException error(String message, Object... arguments) {
    return new UsageException(source + ": " + message.formatted(arguments));
  }
}
