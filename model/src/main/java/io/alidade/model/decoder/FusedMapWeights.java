package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// Weights in which query, key and value are one matrix, and gate and up another (Phi-3), under the
/// names that the other families have; and back.
///
/// @see LinearMaps
final class FusedMapWeights implements WeightSource {
  private static final String WEIGHT = ".weight";

  /// A run of rows of a stored matrix.
  private record Rows(String name, long start, long count) {}

  private final WeightSource stored;
  private final Map<String, Rows> parts;

  FusedMapWeights(WeightSource stored, DecoderConfig config) {
    this.stored = stored;
    this.parts = rows(config);
  }

  private static Map<String, Rows> rows(DecoderConfig config) {
    var rows = new LinkedHashMap<String, Rows>();
    for (FusedMap fused : LinearMaps.of(config)) {
      if (fused.joined().isPresent()) {
        String joined = fused.joined().get() + WEIGHT;
        long start = 0;
        for (FusedMap.Part part : fused.parts()) {
          rows.put(part.name() + WEIGHT, new Rows(joined, start, part.outputs()));
          start += part.outputs();
        }
      }
    }
    return rows;
  }

  @Override
  public List<String> names() {
    return stored.names();
  }

  @Override
  public long[] shape(String name) {
    Rows rows = parts.get(name);
    return rows == null
        ? stored.shape(name)
        : new long[] {rows.count(), stored.shape(rows.name())[1]};
  }

  @Override
  public Tensor tensor(String name, DType dtype) {
    Rows rows = parts.get(name);
    if (rows == null) {
      return stored.tensor(name, dtype);
    }
    try (var scope = TensorScope.open()) {
      // A copy, since rows may lie in the file, and what is read outlives that.
      return scope.keep(stored.rows(rows.name(), rows.start(), rows.count(), dtype).copy());
    }
  }

  @Override
  public Tensor rows(String name, long start, long count, DType dtype) {
    Rows rows = parts.get(name);
    return rows == null
        ? stored.rows(name, start, count, dtype)
        : stored.rows(rows.name(), rows.start() + start, count, dtype);
  }

  /// The weights by the names of such files, from those by the names of the other families.
  static SequencedMap<String, Tensor> toStored(
      SequencedMap<String, Tensor> weights, DecoderConfig config) {
    Map<String, Rows> rows = rows(config);
    var parts = new LinkedHashMap<String, List<Tensor>>();
    weights.forEach(
        (name, tensor) -> {
          String stored = rows.containsKey(name) ? rows.get(name).name() : name;
          parts.merge(stored, List.of(tensor), FusedMapWeights::joined);
        });
    var result = new LinkedHashMap<String, Tensor>();
    parts.forEach((name, tensors) -> result.put(name, Tensor.concatenate(tensors)));
    return result;
  }

  private static List<Tensor> joined(List<Tensor> left, List<Tensor> right) {
    return Stream.concat(left.stream(), right.stream()).toList();
  }

  @Override
  public String sha256() {
    return stored.sha256();
  }

  @Override
  public void close() {
    stored.close();
  }
}
