package io.alidade.model.weights;

import io.alidade.core.DataException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// The metadata of a GGUF file: `Long`, `Float`, `Double`, `Boolean`, `String` or a `List` of them
/// by key. Reading a key with another type than asked for is refused with a sentence.
public record GgufMetadata(Path file, Map<String, Object> values) {

  public GgufMetadata {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public String text(String key) {
    return required(key, String.class);
  }

  public Optional<String> optionalText(String key) {
    return has(key) ? Optional.of(text(key)) : Optional.empty();
  }

  public int integer(String key) {
    long value = required(key, Long.class);
    if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
      throw new DataException(file, "metadata \"%s\" is %d, too large".formatted(key, value));
    }
    return (int) value;
  }

  public OptionalInt optionalInteger(String key) {
    return has(key) ? OptionalInt.of(integer(key)) : OptionalInt.empty();
  }

  /// A real number. One that the file holds in 32 bits is taken as the shortest decimal that these
  /// bits stand for: 1e-5, not 9.99999974e-6.
  public double number(String key) {
    Number value = required(key, Number.class);
    return value instanceof Float narrow
        ? Double.parseDouble(Float.toString(narrow))
        : value.doubleValue();
  }

  public boolean flag(String key) {
    return required(key, Boolean.class);
  }

  public List<String> texts(String key) {
    return list(key, String.class);
  }

  public List<Boolean> flags(String key) {
    return list(key, Boolean.class);
  }

  public List<Long> integers(String key) {
    return list(key, Long.class);
  }

  public List<Float> reals(String key) {
    return list(key, Float.class);
  }

  private <T> List<T> list(String key, Class<T> type) {
    List<?> list = required(key, List.class);
    for (Object element : list) {
      if (!type.isInstance(element)) {
        throw new DataException(
            file, "metadata \"%s\" is no list of %s".formatted(key, type.getSimpleName()));
      }
    }
    return list.stream().map(type::cast).toList();
  }

  private <T> T required(String key, Class<T> type) {
    Object value = values.get(key);
    if (value == null) {
      throw new DataException(file, "has no metadata \"%s\"".formatted(key));
    }
    if (!type.isInstance(value)) {
      throw new DataException(
          file,
          "metadata \"%s\" is of type %s, not %s"
              .formatted(key, value.getClass().getSimpleName(), type.getSimpleName()));
    }
    return type.cast(value);
  }
}
