package io.alidade.model.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.DataException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/// Reads the fields of one message in Protocol Buffers' encoding, front to back.
///
/// Only as much of the format as SentencePiece's files need: numbers, floats, texts, bytes and
/// messages within; groups are refused, and fields that nobody asks for are skipped.
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int LONGEST_VARINT = 10;

  private final Path file;
  private final ByteBuffer bytes;
  private final int start;
  private int wireType = -1;

  ProtobufReader(Path file, byte[] content) {
    this(file, ByteBuffer.wrap(content), 0);
  }

  private ProtobufReader(Path file, ByteBuffer bytes, int start) {
    this.file = file;
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.start = start;
  }

  /// The number of the next field, or 0 at the end. Its value must be read or skipped next.
  int next() {
    if (!bytes.hasRemaining()) {
      return 0;
    }
    long key = varint();
    wireType = (int) (key & 7);
    long field = key >>> 3;
    if (field < 1 || field > Integer.MAX_VALUE) {
      throw corrupt("field number %d".formatted(field));
    }
    return (int) field;
  }

  /// A number, cut to its lowest 32 bits.
  int integer() {
    require(VARINT, "a number");
    return (int) varint();
  }

  boolean flag() {
    require(VARINT, "true or false");
    return varint() != 0;
  }

  float real() {
    require(FIXED32, "a float");
    need(Float.BYTES);
    return bytes.getFloat();
  }

  String text() {
    return new String(content(), UTF_8);
  }

  byte[] content() {
    byte[] content = new byte[length()];
    bytes.get(content);
    return content;
  }

  ProtobufReader message() {
    int length = length();
    int from = bytes.position();
    bytes.position(from + length);
    return new ProtobufReader(file, bytes.slice(from, length), start + from);
  }

  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> advance(Long.BYTES);
      case BYTES -> advance(length());
      case FIXED32 -> advance(Integer.BYTES);
      default -> throw corrupt("wire type " + wireType);
    }
  }

  private void advance(int count) {
    need(count);
    bytes.position(bytes.position() + count);
  }

  private int length() {
    require(BYTES, "bytes");
    long length = varint();
    if (length < 0 || length > bytes.remaining()) {
      throw corrupt(
          "%s bytes where %d are left".formatted(Long.toUnsignedString(length), bytes.remaining()));
    }
    return (int) length;
  }

  private void require(int type, String what) {
    if (wireType != type) {
      throw corrupt("wire type %d where %s is wanted".formatted(wireType, what));
    }
  }

  private long varint() {
    long value = 0;
    for (int i = 0; i < LONGEST_VARINT; i++) {
      need(1);
      byte next = bytes.get();
      value |= (long) (next & 0x7F) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw corrupt("a number of more than 10 bytes");
  }

  private void need(int count) {
    if (count > bytes.remaining()) {
      throw corrupt("an end within a value");
    }
  }

  DataException corrupt(String found) {
    return new DataException(
        file,
        "is no SentencePiece model, or a damaged one: %s before byte %d"
            .formatted(found, start + bytes.position()));
  }
}
