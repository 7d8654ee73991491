package io.alidade.model.backbone;

import io.alidade.core.UsageException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// Where a named backbone may come from.
public enum BackboneSource {
  /// The hub, and if that fails the wheel.
  AUTO,
  /// Only the hub, or what is in its cache.
  HUB,
  /// Only the wheel.
  WHEEL;

  /// System property that chooses, by [#label].
  public static final String PROPERTY = "alidade.backbone";

  /// The name on the command line, such as `auto`.
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The source with this [#label].
  public static BackboneSource of(String label) {
    return Arrays.stream(values())
        .filter(source -> source.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new UsageException(
                    "backbone source \"%s\" is none of %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(BackboneSource::label)
                                .collect(Collectors.joining(", ")))));
  }
}
