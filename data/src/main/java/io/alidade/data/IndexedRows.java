package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.DataException;
import io.alidade.core.ReadFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// The rows of a file of training data, which are walked once and then read back one by one from
/// where they begin, so that none need stay in memory. For one thread.
///
/// The rows of Parquet, which have no such places, are first written to a file of JSONL, which is
/// deleted in the end. Errors name the file itself and its rows.
public final class IndexedRows implements AutoCloseable {
  private static final int BLOCK_BYTES = 1 << 13;

  private final Path file;
  private final Path lines;
  private final FileChannel channel;
  private ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);

  private IndexedRows(Path file, Path lines, FileChannel channel) {
    this.file = file;
    this.lines = lines;
    this.channel = channel;
  }

  /// Takes a row with the place at which it begins.
  @FunctionalInterface
  public interface Visitor {
    void visit(long place, JsonLine row);
  }

  /// Opens the file.
  ///
  /// @param spool where the rows of Parquet are written; in a folder that is there
  /// @throws DataException if the file is not there or cannot be opened
  @MustBeClosed
  public static IndexedRows open(Path file, Path spool) {
    Rows.requireFile(file);
    Path lines = Rows.isParquet(file) ? spool(file, spool) : file;
    try {
      return new IndexedRows(file, lines, FileChannel.open(lines, StandardOpenOption.READ));
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    }
  }

  private static Path spool(Path parquet, Path spool) {
    RowFile.write(spool, Map.of(), rows -> Rows.forEach(parquet, row -> rows.accept(row.object())));
    return spool;
  }

  /// Hands each row to the visitor, in order.
  ///
  /// @throws DataException at the first row that cannot be read
  public void forEach(Visitor visitor) {
    try (JsonLines rows = JsonLines.open(lines, file)) {
      while (rows.hasNext()) {
        JsonLine row = rows.next();
        visitor.visit(rows.offset(), row);
      }
    }
  }

  /// The row that begins at a place.
  ///
  /// @param number of the line or row, from 1
  public JsonLine at(long place, long number) {
    String line = JsonLines.decode(file, number, bytesOfLine(place));
    ObjectNode object = JsonLines.parse(file, number, line);
    return new JsonLine(file, number, object);
  }

  private ByteBuffer bytesOfLine(long place) {
    block.clear();
    int seen = 0;
    try {
      while (channel.read(block, place + block.position()) >= 0) {
        for (; seen < block.position(); seen++) {
          if (block.get(seen) == '\n') {
            return block.slice(0, seen);
          }
        }
        makeRoom();
      }
      return block.slice(0, block.position());
    } catch (IOException e) {
      throw ReadFailure.of(file, e);
    }
  }

  private void makeRoom() {
    if (!block.hasRemaining()) {
      block.flip();
      block = ByteBuffer.allocate(2 * block.capacity()).put(block);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
      if (!lines.equals(file)) {
        Files.deleteIfExists(lines);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
