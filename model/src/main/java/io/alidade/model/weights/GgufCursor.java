package io.alidade.model.weights;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.DataException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Reads the header of a GGUF file from front to back, and never beyond its end.
final class GgufCursor {
  /// Lists of lists are allowed by the format; no known file nests deeper.
  private static final int MAX_NESTING = 4;

  /// Type numbers of metadata values.
  private static final int STRING = 8;

  private static final int ARRAY = 9;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MappedFile file;
  private long position;

  GgufCursor(MappedFile file) {
    this.file = file;
  }

  long position() {
    return position;
  }

  /// A number of 32 bits, taken as unsigned.
  long int32() {
    return Integer.toUnsignedLong(file.bytes().get(MappedFile.INT, advance(Integer.BYTES)));
  }

  /// A number of 64 bits.
  long int64() {
    return file.bytes().get(MappedFile.LONG, advance(Long.BYTES));
  }

  /// A count of things of which each takes at least `bytes` in the rest of the file.
  int count(String what, long bytes) {
    long count = int64();
    if (count < 0 || count > (file.size() - position) / bytes || count > Integer.MAX_VALUE - 8) {
      throw corrupt("%s %s cannot fit in the file".formatted(Long.toUnsignedString(count), what));
    }
    return (int) count;
  }

  String text() {
    int length = count("bytes of text", 1);
    long start = advance(length);
    byte[] bytes = file.bytes().asSlice(start, length).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, UTF_8);
  }

  /// A metadata value with the type number before it: Long, Double, Float, Boolean, String or List.
  Object value() {
    return value((int) int32(), 0);
  }

  private Object value(int type, int nesting) {
    return switch (type) {
      case 0 -> (long) Byte.toUnsignedInt(int8());
      case 1 -> (long) int8();
      case 2 -> (long) Short.toUnsignedInt(int16());
      case 3 -> (long) int16();
      case 4 -> int32();
      case 5 -> (long) (int) int32();
      case 6 -> Float.intBitsToFloat((int) int32());
      case 7 -> int8() != 0;
      case STRING -> text();
      case ARRAY -> list(nesting + 1);
      case 10, 11 -> int64();
      case 12 -> Double.longBitsToDouble(int64());
      default -> throw corrupt("metadata type %d is unknown".formatted(type));
    };
  }

  private List<Object> list(int nesting) {
    if (nesting > MAX_NESTING) {
      throw corrupt("metadata lists are nested too deep");
    }
    int type = (int) int32();
    int count = count("list elements", leastBytes(type));
    var values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(value(type, nesting));
    }
    return List.copyOf(values);
  }

  private static int leastBytes(int type) {
    return switch (type) {
      case 2, 3 -> Short.BYTES;
      case 4, 5, 6 -> Integer.BYTES;
      case 10, 11, 12, STRING -> Long.BYTES;
      case ARRAY -> Integer.BYTES + Long.BYTES;
      default -> 1;
    };
  }

  private byte int8() {
    return file.bytes().get(ValueLayout.JAVA_BYTE, advance(1));
  }

  private short int16() {
    return file.bytes().get(SHORT, advance(Short.BYTES));
  }

  private long advance(long bytes) {
    if (bytes > file.size() - position) {
      throw new DataException(
          file.path(), "truncated: the header goes on after byte %d".formatted(file.size()));
    }
    long start = position;
    position += bytes;
    return start;
  }

  DataException corrupt(String problem) {
    return new DataException(
        file.path(), "corrupt GGUF header before byte %d: %s".formatted(position, problem));
  }
}
