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
  GZIP("is compressed by gzip; unpack it first, as gunzip does", "\u001f\u008b"),
  ZSTD("is compressed by zstd; unpack it first, as unzstd does", "(\u00b5/\u00fd"),
  ZIP("is a zip archive; unpack it first, as unzip does", "PK\u0003\u0004"),
  PARQUET(
      "is Parquet; lines of JSON are needed here, or, where Parquet is read, a name that ends in"
          + " .parquet",
      "PAR1"),
  UTF_16_LITTLE("is not UTF-8 but UTF-16; convert it to UTF-8", "\u00ff\u00fe"),
  UTF_16_BIG("is not UTF-8 but UTF-16; convert it to UTF-8", "\u00fe\u00ff");

  /// What a Parquet file begins and ends with; `PARE` where its footer is encrypted.
  private static final int PARQUET_MARK = 4;

  private final String refusal;

  /// A character a byte.
  private final String start;

  FileKind(String refusal, String start) {
    this.refusal = refusal;
    this.start = start;
  }

  /// Why a file that begins so is no text, if it is none.
  static Optional<String> refusalAsText(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values())
        .filter(kind -> text.startsWith(kind.start))
        .map(kind -> kind.refusal)
        .findFirst();
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
