package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.WriteFailure;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.IntFunction;

/// Vectors on their way to a file, so that long work can be interrupted and continued: rows are
/// appended to `FILE.vectors` as they come, beside `FILE.vectors.key`, which says what they were
/// computed from. Opening it again with the same key goes on after the last whole row; with another
/// key it starts afresh.
public final class VectorSpool implements AutoCloseable {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final int columns;
  private final FileChannel channel;
  private final Arena mappings = Arena.ofShared();
  private int rows;

  private VectorSpool(Path file, int columns, FileChannel channel, int rows) {
    this.file = file;
    this.columns = columns;
    this.channel = channel;
    this.rows = rows;
  }

  /// Opens the spool of a target file.
  ///
  /// @param key everything the rows depend on, such as the hashes of model and texts
  @MustBeClosed
  public static VectorSpool open(Path target, String key, int columns) {
    Path file = target.resolveSibling(target.getFileName() + ".vectors");
    Path keyFile = keyOf(file);
    try {
      if (!Files.exists(keyFile) || !Files.readString(keyFile).equals(key)) {
        Files.deleteIfExists(file);
        AtomicFiles.writeText(keyFile, key);
      }
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      long rowBytes = (long) columns * Float.BYTES;
      int rows = Math.toIntExact(channel.size() / rowBytes);
      channel.truncate(rows * rowBytes).position(rows * rowBytes);
      return new VectorSpool(file, columns, channel, rows);
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  /// Whole rows so far.
  public int rows() {
    return rows;
  }

  public void append(float[][] vectors) {
    try {
      for (float[] vector : vectors) {
        ByteBuffer bytes = ByteBuffer.wrap(NpyFile.bytes(vector));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        rows++;
      }
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  /// Hands over the rows from the first on.
  public void forEach(NpyFile.RowConsumer consumer) throws IOException {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (int row = 0; row < rows; row++) {
        consumer.accept(NpyFile.floats(in, columns));
      }
    }
  }

  /// The rows so far by their number, read from the file where they are asked for. Threads may
  /// share it until the spool is closed.
  public IntFunction<float[]> mapped() {
    long rowBytes = (long) columns * Float.BYTES;
    try {
      MemorySegment mapped =
          channel.map(FileChannel.MapMode.READ_ONLY, 0, rows * rowBytes, mappings);
      return row -> mapped.asSlice(row * rowBytes, rowBytes).toArray(FLOAT);
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  /// Removes the spool's files, once the rows are where they belong.
  public void delete() {
    close();
    try {
      Files.deleteIfExists(file);
      Files.deleteIfExists(keyOf(file));
    } catch (IOException e) {
      throw new DataException(file, "cannot be deleted: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      if (mappings.scope().isAlive()) {
        mappings.close();
      }
      channel.close();
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  private static Path keyOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".key");
  }
}
