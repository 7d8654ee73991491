package io.alidade.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.AlidadeException;
import io.alidade.core.AtomicFiles;
import io.alidade.core.Sha256;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.DigestOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/// Writes GGUF files of version 3 one tensor at a time, so that memory holds one tensor besides
/// what the source needs. The file is written aside and renamed, so that a reader never sees half
/// of it.
public final class GgufWriter {
  private static final int VERSION = 3;

  /// Where tensors start, and what `general.alignment` must say.
  public static final int ALIGNMENT = 32;

  private static final float LARGEST_HALF = 65504;

  private GgufWriter() {}

  /// Writes the file.
  ///
  /// @return its SHA-256
  /// @throws AlidadeException if a value is no number, or too large for its tensor's type
  public static String write(GgufContent content) {
    var digest = Sha256.digest();
    AtomicFiles.write(
        content.file(),
        plain -> {
          var out = new DigestOutputStream(plain, digest);
          out.write(header(content));
          for (GgufTensor tensor : content.tensors()) {
            writeTensor(out, tensor);
          }
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] header(GgufContent content) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("GGUF".getBytes(UTF_8));
    out.writeBytes(int32(VERSION));
    out.writeBytes(int64(content.tensors().size()));
    out.writeBytes(int64(content.entries().size()));
    content
        .entries()
        .forEach(
            (key, value) -> {
              out.writeBytes(text(key));
              out.writeBytes(int32(valueType(value)));
              writeValue(out, value);
            });
    long offset = 0;
    for (GgufTensor tensor : content.tensors()) {
      out.writeBytes(text(tensor.name()));
      out.writeBytes(int32(tensor.shape().size()));
      tensor.shape().reversed().forEach(size -> out.writeBytes(int64(size)));
      out.writeBytes(int32(tensor.type().number()));
      out.writeBytes(int64(offset));
      offset = aligned(offset + tensor.type().bytes(tensor.elements()));
    }
    out.writeBytes(new byte[(int) (aligned(out.size()) - out.size())]);
    return out.toByteArray();
  }

  private static int valueType(Object value) {
    return switch (value) {
      case Integer _ -> 4;
      case Float _ -> 6;
      case Boolean _ -> 7;
      case String _ -> 8;
      case List<?> _ -> 9;
      default -> throw new IllegalArgumentException("no metadata: " + value.getClass());
    };
  }

  private static void writeValue(ByteArrayOutputStream out, Object value) {
    switch (value) {
      case Integer number -> out.writeBytes(int32(number));
      case Float number -> out.writeBytes(int32(Float.floatToRawIntBits(number)));
      case Boolean flag -> out.write(flag ? 1 : 0);
      case String text -> out.writeBytes(text(text));
      case List<?> list -> {
        out.writeBytes(int32(list.isEmpty() ? 8 : elementType(list.getFirst())));
        out.writeBytes(int64(list.size()));
        list.forEach(element -> writeValue(out, element));
      }
      default -> throw new IllegalArgumentException("no metadata: " + value.getClass());
    }
  }

  /// Lists of whole numbers are signed, as llama.cpp asks for in token types.
  private static int elementType(Object element) {
    return element instanceof Integer ? 5 : valueType(element);
  }

  private static void writeTensor(OutputStream out, GgufTensor tensor) throws IOException {
    try (var _ = TensorScope.open()) {
      Tensor values = tensor.values().get().to(DType.FLOAT32).contiguous();
      if (!Arrays.stream(values.shape()).boxed().toList().equals(tensor.shape())) {
        throw new IllegalArgumentException(
            "tensor %s has shape %s, announced was %s"
                .formatted(tensor.name(), Arrays.toString(values.shape()), tensor.shape()));
      }
      writeRows(out, tensor, values.memory());
    }
    long bytes = tensor.type().bytes(tensor.elements());
    out.write(new byte[(int) (aligned(bytes) - bytes)]);
  }

  private static void writeRows(OutputStream out, GgufTensor tensor, MemorySegment values)
      throws IOException {
    int columns = tensor.columns();
    var row = new float[columns];
    var blocks = new byte[Math.toIntExact(tensor.type().bytes(columns))];
    for (long i = 0; i < tensor.elements() / columns; i++) {
      long start = tensor.rows().applyAsLong(i) * columns * Float.BYTES;
      MemorySegment.copy(values, ValueLayout.JAVA_FLOAT, start, row, 0, columns);
      requireInRange(tensor, row);
      tensor.type().quantize(row, blocks);
      out.write(blocks);
    }
  }

  private static void requireInRange(GgufTensor tensor, float[] row) {
    float limit =
        switch (tensor.type()) {
          case F32 -> Float.MAX_VALUE;
          case F16 -> LARGEST_HALF;
          // Its scale is a half.
          case Q8_0 -> Quantization.LARGEST * LARGEST_HALF;
        };
    for (float value : row) {
      if (!(Math.abs(value) <= limit)) {
        throw new AlidadeException(
            "tensor %s holds %s, which %s cannot".formatted(tensor.name(), value, tensor.type()));
      }
    }
  }

  private static long aligned(long position) {
    return Math.ceilDiv(position, ALIGNMENT) * ALIGNMENT;
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return ByteBuffer.allocate(Long.BYTES + bytes.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(bytes.length)
        .put(bytes)
        .array();
  }

  private static byte[] int32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static byte[] int64(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }
}
