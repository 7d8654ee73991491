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
  GZIP("\u001f\u008b", "is compressed by gzip; unpack it first, as gunzip does"),
  ZSTD("(\u00b5/\u00fd", "is compressed by zstd; unpack it first, as unzstd does"),
  ZIP("PK\u0003\u0004", "is a zip archive; unpack it first, as unzip does"),
  PARQUET(
      "PAR1",
      "is Parquet; lines of JSON are needed here, or, where Parquet is read, a name that ends in"
          + " .parquet"),
  UTF_16_LITTLE("\u00ff\u00fe", "is not UTF-8 but UTF-16; convert it to UTF-8"),
  UTF_16_BIG("\u00fe\u00ff", "is not UTF-8 but UTF-16; convert it to UTF-8");

  /// As many as the longest mark has. Parquet begins and ends with it, and with `PARE` where its
  /// footer is encrypted.
  private static final int MARK_BYTES = 4;

  /// The first bytes, a character each.
  private final String start;

  private final String refusal;

  FileKind(String start, String refusal) {
    this.start = start;
    this.refusal = refusal;
  }

  /// Why a file that begins so is no text, if it is none.
  static Optional<String> refusalAsText(byte[] bytes) {
    int peeked = Math.min(bytes.length, MARK_BYTES);
    String first = new String(bytes, 0, peeked, StandardCharsets.ISO_8859_1);
    return Arrays.stream(values())
        .filter(kind -> first.startsWith(kind.start))
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
      if (!isParquetMark(channel, channel.size() - MARK_BYTES)) {
        throw new DataException(
            file, "cannot be read as Parquet: its end is missing; copy or write it again");
      }
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    }
  }

  private static boolean isParquetMark(FileChannel channel, long position) throws IOException {
    var mark = ByteBuffer.allocate(MARK_BYTES);
    while (position >= 0 && mark.hasRemaining()) {
      if (channel.read(mark, position + mark.position()) < 0) {
        break;
      }
    }
    String text = new String(mark.array(), 0, mark.position(), StandardCharsets.ISO_8859_1);
    return text.equals("PAR1") || text.equals("PARE");
  }
}
