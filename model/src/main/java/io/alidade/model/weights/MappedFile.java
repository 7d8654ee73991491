package io.alidade.model.weights;

import io.alidade.core.DataException;
import io.alidade.core.Sha256;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// A file mapped into memory, read-only, until it is closed.
final class MappedFile implements AutoCloseable {
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final Arena arena;
  private final MemorySegment bytes;
  private @Nullable String sha256;

  private MappedFile(Path path, Arena arena, MemorySegment bytes) {
    this.path = path;
    this.arena = arena;
    this.bytes = bytes;
  }

  static MappedFile open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new DataException(path, "no such file");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      return new MappedFile(path, arena, bytes);
    } catch (IOException e) {
      arena.close();
      throw new DataException(path, "cannot be read: " + e.getMessage(), e);
    }
  }

  Path path() {
    return path;
  }

  long size() {
    return bytes.byteSize();
  }

  MemorySegment bytes() {
    return bytes;
  }

  /// The content's hash, for which the file is read once; also after closing.
  synchronized String sha256() {
    if (sha256 == null) {
      sha256 = Sha256.ofFile(path);
    }
    return sha256;
  }

  /// Closing twice is harmless.
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
