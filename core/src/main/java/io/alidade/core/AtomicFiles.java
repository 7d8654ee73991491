package io.alidade.core;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Writes whole files so that a process killed at any moment, and a machine that loses power, leave
/// either the old content or the new, never half.
public final class AtomicFiles {
  /// The end of the name under which content is written aside; such files may be deleted.
  public static final String PARTIAL_SUFFIX = ".partial";

  /// Writes the content; may throw as streams do.
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFiles() {}

  /// Writes UTF-8 text. Missing folders are made.
  ///
  /// @throws WriteFailure if the file cannot be written; the old content stays
  public static void writeText(Path file, String text) {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Writes what the content gives. Missing folders are made.
  ///
  /// @throws WriteFailure if the file cannot be written; the old content stays
  public static void write(Path file, Content content) {
    Path target = file.toAbsolutePath();
    Path partial = target.resolveSibling(target.getFileName() + PARTIAL_SUFFIX);
    try {
      Files.createDirectories(target.getParent());
      try {
        writeAside(partial, content);
        Files.move(
            partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(partial);
      }
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  private static void writeAside(Path partial, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            partial,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      var out = new BufferedOutputStream(Channels.newOutputStream(channel));
      content.writeTo(new KeptOpen(out));
      out.flush();
      // Without this a power cut could leave the new name with no content behind it.
      channel.force(true);
    }
  }

  /// Content may close its stream, as writers do; the channel must stay open to be forced.
  private static final class KeptOpen extends FilterOutputStream {
    KeptOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
