package io.alidade.model.weights;

import io.alidade.core.DataException;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;

/// A GGUF file of version 2 or 3 as it is: its metadata, and its tensors under ggml's names in
/// ggml's row order, dequantised on reading. [GgufWeights] gives a model's weights out of it.
///
/// Layout: `GGUF`, version, counts; metadata; names, dimensions (fastest first), types and offsets
/// of the tensors; padding; the data.
public final class GgufFile implements GgufHeader, AutoCloseable {
  private static final long MAGIC = 0x46554747L;
  private static final String ALIGNMENT_KEY = "general.alignment";
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_DIMENSIONS = 4;

  /// Bytes that a metadata entry or a tensor's description takes at least.
  private static final int LEAST_ENTRY_BYTES = 13;

  /// One tensor's place: `[shape]` with the slowest dimension first, as elsewhere in Alidade.
  private record Stored(List<Long> shape, int type, long offset) {
    long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }
  }

  private final MappedFile file;
  private final GgufMetadata metadata;
  private final Map<String, Stored> tensors;
  private final long dataStart;

  private GgufFile(MappedFile file) {
    this.file = file;
    var cursor = new GgufCursor(file);
    checkVersion(cursor);
    int tensorCount = cursor.count("tensors", LEAST_ENTRY_BYTES);
    this.metadata = readMetadata(cursor, file.path());
    this.tensors = readInfos(cursor, tensorCount);
    long alignment = alignment();
    this.dataStart = Math.ceilDiv(cursor.position(), alignment) * alignment;
    tensors.forEach(this::checkExtent);
  }

  public static GgufFile open(Path path) {
    MappedFile file = MappedFile.open(path);
    try {
      return new GgufFile(file);
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private void checkVersion(GgufCursor cursor) {
    if (file.size() < Integer.BYTES || cursor.int32() != MAGIC) {
      throw new DataException(path(), "not a GGUF file: it does not start with \"GGUF\"");
    }
    long version = cursor.int32();
    if (version != 2 && version != 3) {
      throw new DataException(
          path(), "GGUF version %d; 2 and 3, little-endian, can be read".formatted(version));
    }
  }

  private static GgufMetadata readMetadata(GgufCursor cursor, Path path) {
    int count = cursor.count("metadata entries", LEAST_ENTRY_BYTES);
    var values = new LinkedHashMap<String, Object>();
    for (int i = 0; i < count; i++) {
      String key = cursor.text();
      if (values.put(key, cursor.value()) != null) {
        throw cursor.corrupt("metadata \"%s\" is there twice".formatted(key));
      }
    }
    return new GgufMetadata(path, values);
  }

  private static Map<String, Stored> readInfos(GgufCursor cursor, int count) {
    var infos = new LinkedHashMap<String, Stored>();
    for (int i = 0; i < count; i++) {
      String name = cursor.text();
      int dimensions = (int) cursor.int32();
      if (dimensions < 0 || dimensions > MAX_DIMENSIONS) {
        throw cursor.corrupt("tensor \"%s\" would have %d dimensions".formatted(name, dimensions));
      }
      var shape = new Long[dimensions];
      for (int d = dimensions - 1; d >= 0; d--) {
        shape[d] = cursor.int64();
      }
      var info = new Stored(List.of(shape), (int) cursor.int32(), cursor.int64());
      if (infos.put(name, info) != null) {
        throw cursor.corrupt("tensor \"%s\" is there twice".formatted(name));
      }
    }
    return infos;
  }

  private int alignment() {
    int alignment =
        metadata.has(ALIGNMENT_KEY) ? metadata.integer(ALIGNMENT_KEY) : DEFAULT_ALIGNMENT;
    if (alignment < 1 || Integer.bitCount(alignment) != 1) {
      throw new DataException(
          path(), "%s is %d, not a power of two".formatted(ALIGNMENT_KEY, alignment));
    }
    return alignment;
  }

  private void checkExtent(String name, Stored info) {
    try {
      if (info.shape().stream().anyMatch(size -> size < 0) || info.offset() < 0) {
        throw new ArithmeticException("negative");
      }
      long elements = info.elements();
      var type = GgmlType.of(info.type());
      if (type.isEmpty()) {
        return;
      }
      // Of an empty tensor too, whose file says nothing of how long a row can be.
      int row = info.shape().isEmpty() ? 1 : Math.toIntExact(info.shape().getLast());
      if (row % type.get().blockElements() != 0) {
        throw new DataException(
            path(),
            "tensor \"%s\" has rows of %d elements, no whole blocks of type %s"
                .formatted(name, row, type.get()));
      }
      long bytes =
          Math.multiplyExact(elements / type.get().blockElements(), type.get().blockBytes());
      long end = Math.addExact(Math.addExact(dataStart, info.offset()), bytes);
      if (end > file.size()) {
        throw new DataException(
            path(),
            "truncated: tensor \"%s\" ends at byte %d, the file at %d"
                .formatted(name, end, file.size()));
      }
    } catch (ArithmeticException e) {
      throw new DataException(
          path(),
          "corrupt GGUF header: tensor \"%s\" has the impossible shape %s at offset %d"
              .formatted(name, info.shape(), info.offset()),
          e);
    }
  }

  public Path path() {
    return file.path();
  }

  @Override
  public GgufMetadata metadata() {
    return metadata;
  }

  @Override
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  @Override
  public long[] shape(String name) {
    return info(name).shape().stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public double[] values(String name) {
    try (var _ = TensorScope.open()) {
      return tensor(name, DType.FLOAT32).toDoubles();
    }
  }

  /// The name of a tensor's type, such as `Q4_1`.
  public String type(String name) {
    return GgmlType.nameOf(info(name).type());
  }

  /// A tensor's values, dequantised in float32 and then converted.
  public Tensor tensor(String name, DType dtype) {
    return tensor(name, dtype, row -> row, false);
  }

  /// As [#tensor(String, DType)], with row `i` of the result taken from row `source(i)` of the
  /// file. A vector of one dimension, which is never in blocks, has a row for each value.
  Tensor tensor(String name, DType dtype, LongUnaryOperator source) {
    return tensor(name, dtype, source, info(name).shape().size() < 2);
  }

  private Tensor tensor(String name, DType dtype, LongUnaryOperator source, boolean single) {
    Stored info = info(name);
    GgmlType type = type(name, info);
    if (single && type.blockElements() != 1) {
      throw unreadable(name, info);
    }
    int columns = single || info.shape().isEmpty() ? 1 : Math.toIntExact(info.shape().getLast());
    try (var scope = TensorScope.open()) {
      Tensor tensor = Tensor.empty(DType.FLOAT32, shape(name));
      dequantize(info, type, columns, source, tensor);
      return scope.keep(tensor.to(dtype));
    }
  }

  /// So many rows of a matrix, row `i` taken from row `source(i)` of the file.
  Tensor rows(String name, long count, DType dtype, LongUnaryOperator source) {
    Stored info = info(name);
    int columns = Math.toIntExact(info.shape().getLast());
    try (var scope = TensorScope.open()) {
      Tensor tensor = Tensor.empty(DType.FLOAT32, count, columns);
      dequantize(info, type(name, info), columns, source, tensor);
      return scope.keep(tensor.to(dtype));
    }
  }

  private void dequantize(
      Stored info, GgmlType type, int columns, LongUnaryOperator source, Tensor target) {
    long elements = Tensor.elements(target.shape());
    if (elements == 0) {
      return;
    }
    MemorySegment out = target.memory();
    long rows = elements / columns;
    var values = new float[columns];
    var blocks = new byte[columns / type.blockElements() * type.blockBytes()];
    for (long row = 0; row < rows; row++) {
      long start = dataStart + info.offset() + source.applyAsLong(row) * blocks.length;
      MemorySegment.copy(file.bytes(), ValueLayout.JAVA_BYTE, start, blocks, 0, blocks.length);
      type.dequantize(blocks, values);
      MemorySegment.copy(
          values, 0, out, ValueLayout.JAVA_FLOAT, row * columns * Float.BYTES, columns);
    }
  }

  private GgmlType type(String name, Stored info) {
    return GgmlType.of(info.type()).orElseThrow(() -> unreadable(name, info));
  }

  private DataException unreadable(String name, Stored info) {
    return new DataException(
        path(),
        "tensor \"%s\" has type %s; %s can be read"
            .formatted(name, GgmlType.nameOf(info.type()), GgmlType.allowed()));
  }

  private Stored info(String name) {
    Stored info = tensors.get(name);
    if (info == null) {
      throw new DataException(path(), "has no tensor \"%s\"".formatted(name));
    }
    return info;
  }

  public String sha256() {
    return file.sha256();
  }

  /// Unmaps the file; tensors already read stay valid.
  @Override
  public void close() {
    file.close();
  }
}
