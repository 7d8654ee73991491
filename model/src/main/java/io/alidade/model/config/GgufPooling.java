package io.alidade.model.config;

import io.alidade.core.DataException;
import io.alidade.model.head.Pooling;
import io.alidade.model.weights.GgufArchitecture;
import io.alidade.model.weights.GgufHeader;
import io.alidade.model.weights.GgufMetadata;
import java.util.Map;
import java.util.Optional;

/// The ways of pooling that llama.cpp knows, by its numbers for them in
/// `ARCHITECTURE.pooling_type`.
public final class GgufPooling {
  /// The end of the metadata key.
  public static final String KEY = "pooling_type";

  private static final Map<Integer, Pooling> NUMBERS =
      Map.of(1, Pooling.MEAN, 2, Pooling.CLS, 3, Pooling.LAST_TOKEN);

  /// Of a language model, which has none.
  private static final int NONE = 0;

  private GgufPooling() {}

  /// The number of a way, if there is one.
  public static Optional<Integer> number(Pooling pooling) {
    return NUMBERS.entrySet().stream()
        .filter(entry -> entry.getValue() == pooling)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// What a file says, if it is of an embedding model.
  public static Optional<Pooling> read(GgufHeader file) {
    GgufMetadata metadata = file.metadata();
    String key = GgufArchitecture.of(metadata).key(KEY);
    int number = metadata.optionalInteger(key).orElse(NONE);
    if (number != NONE && !NUMBERS.containsKey(number)) {
      throw new DataException(
          metadata.file(),
          "\"%s\" is %d; 1 (mean), 2 (cls) and 3 (last) are supported".formatted(key, number));
    }
    return Optional.ofNullable(NUMBERS.get(number));
  }
}
