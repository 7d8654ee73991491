package io.alidade.model.weights;

import io.alidade.core.DataException;
import io.alidade.tensor.TensorScope;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A GGUF file that is to be written.
///
/// @param file where to
/// @param entries the metadata: `Integer`, `Float`, `Boolean`, `String`, or a list of one of these
public record GgufContent(Path file, Map<String, Object> entries, List<GgufTensor> tensors)
    implements GgufHeader {

  public GgufContent {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    tensors = List.copyOf(tensors);
  }

  /// As a reader will find it.
  @Override
  public GgufMetadata metadata() {
    var read = new LinkedHashMap<String, Object>();
    entries.forEach(
        (key, value) -> read.put(key, value instanceof Integer i ? (Long) (long) i : value));
    return new GgufMetadata(file, read);
  }

  @Override
  public List<String> names() {
    return tensors.stream().map(GgufTensor::name).toList();
  }

  @Override
  public long[] shape(String name) {
    return tensor(name).shape().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public double[] values(String name) {
    try (var _ = TensorScope.open()) {
      return tensor(name).values().get().toDoubles();
    }
  }

  private GgufTensor tensor(String name) {
    return tensors.stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new DataException(file, "has no tensor \"%s\"".formatted(name)));
  }
}
