package io.alidade.model.weights;

import io.alidade.core.DataException;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/// The weights of a model out of a GGUF file, under Hugging Face's names, with the differences of
/// its [GgufArchitecture] undone on reading.
public final class GgufWeights implements WeightSource {
  /// Tensors that belong to the configuration.
  private static final Set<String> SETTINGS =
      Set.of("rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight");

  private final GgufFile file;
  private final GgufArchitecture architecture;
  private final Map<String, String> ggmlNames = new LinkedHashMap<>();
  private final long heads;
  private final long keyHeads;

  /// Takes over the file and closes it with itself.
  ///
  /// @throws DataException if the architecture is unknown, or a tensor has no place in it
  public GgufWeights(GgufFile file) {
    this.file = file;
    this.architecture = GgufArchitecture.of(file.metadata());
    this.heads = file.metadata().integer(architecture.key("attention.head_count"));
    this.keyHeads =
        file.metadata()
            .optionalInteger(architecture.key("attention.head_count_kv"))
            .orElse((int) heads);
    for (String name : file.names()) {
      if (!SETTINGS.contains(name)) {
        ggmlNames.put(architecture.plainName(name).orElseThrow(() -> withoutPlace(name)), name);
      }
    }
    checkHeads();
  }

  private DataException withoutPlace(String name) {
    return new DataException(
        file.path(),
        "tensor \"%s\" has no place in a %s model".formatted(name, architecture.label()));
  }

  private void checkHeads() {
    if (heads < 1 || keyHeads < 1) {
      throw new DataException(
          file.path(), "has %d heads and %d key heads".formatted(heads, keyHeads));
    }
    for (String name : names()) {
      long rotated = heads(name);
      long[] shape = shape(name);
      if (rotated != 0 && (shape.length < 1 || shape[0] % (2 * rotated) != 0)) {
        throw new DataException(
            file.path(),
            "tensor \"%s\" has shape %s, which %d heads cannot share"
                .formatted(ggmlName(name), Arrays.toString(shape), rotated));
      }
    }
  }

  /// How many heads the rows of a tensor belong to, or 0 if they are in Hugging Face's order.
  private long heads(String name) {
    if (!architecture.pairsRows(name)) {
      return 0;
    }
    return name.contains(".q_proj.") ? heads : keyHeads;
  }

  @Override
  public List<String> names() {
    return List.copyOf(ggmlNames.keySet());
  }

  @Override
  public long[] shape(String name) {
    return file.shape(ggmlName(name));
  }

  @Override
  public Tensor tensor(String name, DType dtype) {
    double offset = architecture.offset(name);
    return offset == 0
        ? file.tensor(ggmlName(name), dtype, order(name))
        : lessOffset(name, dtype, offset);
  }

  /// Of a matrix: what has an offset is a vector.
  @Override
  public Tensor rows(String name, long start, long count, DType dtype) {
    LongUnaryOperator order = order(name);
    return file.rows(ggmlName(name), count, dtype, row -> order.applyAsLong(start + row));
  }

  /// The row of the file for a row in Hugging Face's order.
  private LongUnaryOperator order(String name) {
    long rotated = heads(name);
    if (rotated == 0) {
      return LongUnaryOperator.identity();
    }
    long headDim = shape(name)[0] / rotated;
    return row -> interleavedRow(row, headDim);
  }

  private Tensor lessOffset(String name, DType dtype, double offset) {
    try (var scope = TensorScope.open()) {
      Tensor stored = file.tensor(ggmlName(name), DType.FLOAT32, order(name));
      return scope.keep(stored.copy().add(-offset).to(dtype));
    }
  }

  /// The row of the file that holds Hugging Face's row `row`.
  public static long interleavedRow(long row, long headDim) {
    long within = row % headDim;
    long half = headDim / 2;
    return row - within + 2 * (within % half) + within / half;
  }

  private String ggmlName(String name) {
    String ggmlName = ggmlNames.get(name);
    if (ggmlName == null) {
      throw new DataException(file.path(), "has no tensor for \"%s\"".formatted(name));
    }
    return ggmlName;
  }

  @Override
  public String sha256() {
    return file.sha256();
  }

  @Override
  public void close() {
    file.close();
  }
}
