package io.alidade.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.AtomicFiles;
import io.alidade.core.Sha256;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/// Writes safetensors files one tensor at a time, so that memory holds one tensor besides the
/// model. The file is written aside and renamed, so that a reader never sees half of it.
public final class SafetensorsWriter {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int ALIGNMENT = 8;
  private static final int CHUNK_BYTES = 1 << 20;

  /// A tensor to write.
  ///
  /// @param values called once, when it is the tensor's turn, inside a scope that is closed
  ///   afterwards; its result is converted to `dtype`
  public record Item(String name, DType dtype, List<Long> shape, Supplier<Tensor> values) {
    public Item {
      shape = List.copyOf(shape);
    }

    /// A tensor that exists already.
    public static Item of(String name, Tensor tensor) {
      return new Item(name, tensor.dtype(), boxed(tensor.shape()), () -> tensor);
    }

    /// A tensor of a source, read when it is its turn.
    public static Item of(String name, WeightSource source, DType dtype) {
      return new Item(name, dtype, boxed(source.shape(name)), () -> source.tensor(name, dtype));
    }

    public Item withName(String other) {
      return new Item(other, dtype, shape, values);
    }

    private static List<Long> boxed(long[] shape) {
      return Arrays.stream(shape).boxed().toList();
    }

    /// How many bytes [#writeTo] writes.
    public long bytes() {
      return shape.stream().reduce((long) dtype.bytes(), Math::multiplyExact);
    }

    /// Writes the values, row by row and little-endian, as other formats want them too.
    public void writeTo(OutputStream out) throws IOException {
      try (var _ = TensorScope.open()) {
        Tensor tensor = values.get().to(dtype).contiguous();
        if (!boxed(tensor.shape()).equals(shape)) {
          throw new IllegalArgumentException(
              "tensor %s has shape %s, announced was %s"
                  .formatted(name, Arrays.toString(tensor.shape()), shape));
        }
        MemorySegment memory = tensor.memory();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (long start = 0; start < memory.byteSize(); start += CHUNK_BYTES) {
          int length = (int) Math.min(CHUNK_BYTES, memory.byteSize() - start);
          MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, start, chunk, 0, length);
          out.write(chunk, 0, length);
        }
      }
    }
  }

  private SafetensorsWriter() {}

  /// Writes the items, with the metadata `{"format": "pt"}` that transformers and PEFT ask for.
  ///
  /// @return the SHA-256 of the file
  public static String write(Path file, List<Item> items) {
    var sorted = new ArrayList<>(items);
    // Wide elements first keeps every tensor aligned to its element.
    sorted.sort(
        Comparator.comparingInt((Item item) -> -item.dtype().bytes()).thenComparing(Item::name));
    var digest = Sha256.digest();
    AtomicFiles.write(
        file,
        plain -> {
          var out = new DigestOutputStream(plain, digest);
          writeHeader(out, sorted);
          for (Item item : sorted) {
            item.writeTo(out);
          }
        });
    return HexFormat.of().formatHex(digest.digest());
  }

  /// Writes all tensors of a source under its own names, as `dtype`.
  ///
  /// @return the SHA-256 of the file
  public static String write(Path file, WeightSource source, DType dtype) {
    return write(file, source.names().stream().map(name -> Item.of(name, source, dtype)).toList());
  }

  private static void writeHeader(OutputStream out, List<Item> items) throws IOException {
    byte[] header = header(items);
    var length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.write(length.putLong(header.length).array());
    out.write(header);
  }

  private static byte[] header(List<Item> items) {
    var json = new LinkedHashMap<String, Object>();
    json.put(SafetensorsHeader.METADATA, Map.of("format", "pt"));
    long position = 0;
    for (Item item : items) {
      var entry = new LinkedHashMap<String, Object>();
      entry.put("dtype", typeName(item.dtype()));
      entry.put("shape", item.shape());
      entry.put("data_offsets", List.of(position, position + item.bytes()));
      if (json.put(item.name(), entry) != null) {
        throw new IllegalArgumentException("two tensors are named " + item.name());
      }
      position += item.bytes();
    }
    byte[] plain = JSON.writeValueAsString(json).getBytes(UTF_8);
    byte[] padded = Arrays.copyOf(plain, (plain.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Arrays.fill(padded, plain.length, padded.length, (byte) ' ');
    return padded;
  }

  private static String typeName(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "F32";
      case FLOAT64 -> "F64";
      case FLOAT16 -> "F16";
      case BFLOAT16 -> "BF16";
      case INT64 -> "I64";
    };
  }
}
