package io.alidade.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// One hash for an input that may be a file or a folder.
public final class ContentHash {
  private ContentHash() {}

  /// A file's SHA-256; for a folder that of the lines `HASH RELATIVE/PATH`, one for each file in
  /// the order of the paths, hidden files left out. It is what `sha256sum` prints for them.
  ///
  /// @throws DataException if something cannot be read
  public static String of(Path path) {
    if (!Files.isDirectory(path)) {
      return Sha256.ofFile(path);
    }
    var lines = new StringBuilder();
    for (Path file : files(path)) {
      String name = path.relativize(file).toString().replace('\\', '/');
      lines.append(Sha256.ofFile(file)).append("  ").append(name).append('\n');
    }
    return Sha256.ofText(lines.toString());
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .filter(file -> !folder.relativize(file).toString().matches("(.*[/\\\\])?\\..*"))
          .sorted()
          .toList();
    } catch (UncheckedIOException e) {
      throw unlistable(folder, Objects.requireNonNull(e.getCause()));
    } catch (IOException e) {
      throw unlistable(folder, e);
    }
  }

  private static DataException unlistable(Path folder, IOException cause) {
    return new DataException(folder, "cannot be listed: " + cause.getMessage(), cause);
  }
}
