package io.alidade.data;

import io.alidade.core.DataException;
import io.alidade.core.ReadFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Files that are of another kind than their names say, told by their first bytes.
enum FileKind {
  GZIP("is compressed by gzip; unpack it first, as gunzip does", 0x1f, 0x8b),
  ZSTD("is compressed by zstd; unpack it first, as unzstd does", 0x28, 0xb5, 0x2f, 0xfd),
  ZIP("is a zip archive; unpack it first, as unzip does", 'P', 'K', 3, 4),
  PARQUET(
      "is Parquet; lines of JSON are needed here, or, where Parquet is read, a name that ends in"
          + " .parquet",
      'P',
      'A',
      'R',
      '1'),
  UTF_16_LITTLE("is not UTF-8 but UTF-16; convert it to UTF-8", 0xff, 0xfe),
  UTF_16_BIG("is not UTF-8 but UTF-16; convert it to UTF-8", 0xfe, 0xff);

  /// What a Parquet file begins and ends with; `PARE` where its footer is encrypted.
  private static final int PARQUET_MARK = 4;

  private final String refusal;
  private final byte[] start;

  FileKind(String refusal, int... start) {
    this.refusal = refusal;
    this.start = new byte[start.length];
    for (int i = 0; i < start.length; i++) {
      this.start[i] = (byte) start[i];
    }
  }

  /// Why a file that begins so is no text, if it is none.
  static Optional<String> refusalAsText(byte[] bytes) {
    return Arrays.stream(values())
        .filter(kind -> kind.begins(bytes))
        .map(kind -> kind.refusal)
        .findFirst();
  }

  private boolean begins(byte[] bytes) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  /// @throws DataException for a file that does not begin as Parquet does, or was cut off behind
  ///   its beginning
  static void requireParquet(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      if (!isParquetMark(channel, 0)) {
        throw new DataException(
            file,
            "is named as Parquet and is none; give it the name of what it is, such as .jsonl");
      }
      if (!isParquetMark(channel, channel.size() - PARQUET_MARK)) {
        throw new DataException(
            file, "cannot be read as Parquet: its end is missing; copy or write it again");
      }
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    }
  }

  private static boolean isParquetMark(FileChannel channel, long position) throws IOException {
    var mark = ByteBuffer.allocate(PARQUET_MARK);
    while (position >= 0 && mark.hasRemaining()) {
      if (channel.read(mark, position + mark.position()) < 0) {
        break;
      }
    }
    String text = new String(mark.array(), 0, mark.position(), StandardCharsets.ISO_8859_1);
    return text.equals("PAR1") || text.equals("PARE");
  }
}
