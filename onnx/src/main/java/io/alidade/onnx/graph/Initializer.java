package io.alidade.onnx.graph;

import io.alidade.core.AtomicFiles;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.LongStream;

/// A constant tensor of a graph, whose values are produced when the file is written.
///
/// @param bytes how many bytes `content` writes
public record Initializer(
    String name, ElementType type, List<Long> shape, long bytes, AtomicFiles.Content content) {

  public Initializer {
    shape = List.copyOf(shape);
  }

  /// A weight in float32.
  public static Initializer of(SafetensorsWriter.Item item) {
    if (item.dtype() != DType.FLOAT32) {
      throw new IllegalArgumentException(item.name() + " has type " + item.dtype());
    }
    return new Initializer(
        item.name(), ElementType.FLOAT, item.shape(), item.bytes(), item::writeTo);
  }

  static Initializer scalar(String name, double value) {
    byte[] bytes = new byte[Float.BYTES];
    littleEndian(bytes).putFloat((float) value);
    return constant(name, ElementType.FLOAT, List.of(), bytes);
  }

  static Initializer scalar(String name, long value) {
    byte[] bytes = new byte[Long.BYTES];
    littleEndian(bytes).putLong(value);
    return constant(name, ElementType.INT64, List.of(), bytes);
  }

  static Initializer list(String name, long... values) {
    byte[] bytes = new byte[values.length * Long.BYTES];
    LongStream.of(values).forEach(littleEndian(bytes)::putLong);
    return constant(name, ElementType.INT64, List.of((long) values.length), bytes);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Initializer constant(
      String name, ElementType type, List<Long> shape, byte[] bytes) {
    return new Initializer(name, type, shape, bytes.length, out -> out.write(bytes));
  }
}
