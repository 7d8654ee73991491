package io.alidade.model.weights;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;

/// A tensor of a GGUF file that is to be written.
///
/// @param shape slowest dimension first
/// @param rows the row of `values` that row `i` of the file is; of a vector, the element
/// @param values called when it is the tensor's turn, inside a scope that is closed afterwards
public record GgufTensor(
    String name, GgufType type, List<Long> shape, LongUnaryOperator rows, Supplier<Tensor> values) {

  public GgufTensor {
    shape = List.copyOf(shape);
  }

  /// A vector of single precision.
  public static GgufTensor of(String name, double... values) {
    return new GgufTensor(
        name,
        GgufType.F32,
        List.of((long) values.length),
        row -> row,
        () -> Tensor.of(values, values.length).to(DType.FLOAT32));
  }

  /// A weight of a source, read when it is its turn, in an architecture's layout: vectors in single
  /// precision, matrices in `type`, or in F16 where their rows are no whole blocks.
  ///
  /// @param heads how many heads share the rows, which counts where the architecture pairs them
  public static GgufTensor of(
      String ggmlName,
      String plainName,
      WeightSource source,
      GgufArchitecture architecture,
      GgufType type,
      int heads) {
    long[] shape = source.shape(plainName);
    double offset = architecture.offset(plainName);
    long headDim = shape[0] / heads;
    return new GgufTensor(
        ggmlName,
        shape.length < 2 ? GgufType.F32 : type.forRowsOf(shape[shape.length - 1]),
        Arrays.stream(shape).boxed().toList(),
        architecture.pairsRows(plainName) ? row -> plainRow(row, headDim) : row -> row,
        () -> {
          Tensor values = source.tensor(plainName, DType.FLOAT32);
          return offset == 0 ? values : values.copy().add(offset);
        });
  }

  /// Hugging Face's row that row `row` of a file with paired rows is; the inverse of
  /// [GgufWeights#interleavedRow].
  private static long plainRow(long row, long headDim) {
    long within = row % headDim;
    return row - within + within % 2 * (headDim / 2) + within / 2;
  }

  long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }

  /// Vectors are written value by value, so that their order can be changed too.
  int columns() {
    return shape.size() < 2 ? 1 : Math.toIntExact(shape.getLast());
  }
}
