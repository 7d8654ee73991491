package io.alidade.core.recipe;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;

/// The values that keys left out take: those of an instance of the record, if there is one.
final class Defaults {
  static final Defaults NONE = new Defaults(Optional.empty());

  private final Optional<Object> instance;

  private Defaults(Optional<Object> instance) {
    this.instance = instance;
  }

  static Defaults of(Object instance) {
    return new Defaults(Optional.of(instance));
  }

  /// These defaults where they are of that type, else what the type's own `defaults()` gives.
  Defaults forType(Class<?> type) {
    return instance.filter(type::isInstance).isPresent() ? this : declaredBy(type);
  }

  /// The default of a component; none where it must be given.
  Optional<Object> of(RecordComponent component) {
    return component.isAnnotationPresent(Required.class)
        ? Optional.empty()
        : instance.map(record -> invoke(component.getAccessor(), record));
  }

  /// A component's value in a record, whether or not a recipe must give it.
  static Object valueOf(RecordComponent component, Record settings) {
    return invoke(component.getAccessor(), settings);
  }

  /// The record these defaults are read from.
  Optional<Object> instance() {
    return instance;
  }

  private static Defaults declaredBy(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.getName().equals("defaults") && method.getParameterCount() == 0)
        .findFirst()
        .map(method -> of(invoke(method, type)))
        .orElse(NONE);
  }

  private static Object invoke(Method method, Object target) {
    try {
      method.setAccessible(true);
      return method.invoke(target);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(method + " must be callable and must not throw", e);
    }
  }
}
