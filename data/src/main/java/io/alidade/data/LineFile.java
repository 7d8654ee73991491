package io.alidade.data;

import com.google.errorprone.annotations.MustBeClosed;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.alidade.core.DataException;
import io.alidade.core.WriteFailure;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file of lines that only grows. A line is there whole or not at all: what a killed process left
/// of one at the end is cut off on opening. Threads may share it.
public final class LineFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path file;

  @GuardedBy("this")
  private final FileChannel channel;

  /// @param channel of the file, which this closes
  LineFile(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Opens the file, or makes it.
  ///
  /// @throws WriteFailure if it cannot be opened
  @MustBeClosed
  public static LineFile open(Path file) {
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      var lines = new LineFile(file, channel);
      lines.cutTornLine();
      return lines;
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  /// Adds a line, and returns when the operating system has it: it outlives the process.
  ///
  /// @return where it is
  public synchronized Place append(String line) {
    try {
      long start = channel.size();
      try {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        channel.position(start);
        while (bytes.hasRemaining()) {
          int _ = channel.write(bytes);
        }
        return new Place(start, bytes.limit() - 1);
      } catch (IOException e) {
        // A full disk: the next line must not stand behind half of this one.
        channel.truncate(start);
        throw e;
      }
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  /// Hears of a line.
  @FunctionalInterface
  public interface Visitor {
    void visit(long number, Place place, String line);
  }

  /// Where a line is.
  ///
  /// @param start of its first byte
  /// @param bytes without the line break
  public record Place(long start, int bytes) {}

  /// Walks the lines, one in memory at a time.
  public void forEach(Visitor visitor) {
    try (var in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      var bytes = new ByteArrayOutputStream();
      long start = 0;
      long number = 1;
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b != '\n') {
          bytes.write(b);
          continue;
        }
        var place = new Place(start, bytes.size());
        visitor.visit(number++, place, bytes.toString(StandardCharsets.UTF_8));
        start += bytes.size() + 1L;
        bytes.reset();
      }
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /// One line.
  public synchronized String lineAt(Place place) {
    try {
      ByteBuffer buffer = ByteBuffer.allocate(place.bytes());
      while (buffer.hasRemaining()
          && channel.read(buffer, place.start() + buffer.position()) >= 0) {
        // Reads until the line is whole.
      }
      return new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /// Removes all lines.
  public synchronized void clear() {
    try {
      channel.truncate(0);
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  @Override
  public synchronized void close() {
    try (channel) {
      channel.force(true);
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  private synchronized void cutTornLine() throws IOException {
    long end = channel.size();
    ByteBuffer last = ByteBuffer.allocate(1);
    while (end > 0) {
      last.clear();
      int _ = channel.read(last, end - 1);
      if (last.get(0) == '\n') {
        break;
      }
      end--;
    }
    channel.truncate(end);
  }
}
