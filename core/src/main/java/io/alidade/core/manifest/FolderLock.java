package io.alidade.core.manifest;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AlidadeException;
import io.alidade.core.WriteFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Keeps a folder to one process. The operating system lets go of the lock when the process ends,
/// however it ends, so that a crash leaves nothing to clean up.
///
/// The lock's file stays behind: deleting it would let a third process lock another file of the
/// same name.
public final class FolderLock implements AutoCloseable {
  static final String FILE_NAME = ".alidade.lock";

  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /// Locks the folder, which is made if it is missing.
  ///
  /// @throws AlidadeException if another process, or this one, holds it
  @MustBeClosed
  public static FolderLock acquire(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (tryLock(channel).isEmpty()) {
        String owner = Files.readString(file).strip();
        channel.close();
        throw new AlidadeException(
            "%s is being written by another process%s; wait for it or choose another folder"
                .formatted(folder, owner.isEmpty() ? "" : " (" + owner + ")"));
      }
      byte[] owner = ("pid " + ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(owner), 0);
      return new FolderLock(channel);
    } catch (IOException e) {
      throw WriteFailure.of(folder, e);
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException _) {
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AlidadeException("cannot unlock the folder: " + e.getMessage(), e);
    }
  }
}
