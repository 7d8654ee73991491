package io.alidade.core.manifest;

import io.alidade.core.ContentHash;
import java.nio.file.Path;

/// A file or folder that a stage read.
///
/// @param role what it was to the stage, such as `data` or `backbone`
/// @param path relative to the manifest's folder where both lie under one parent, so that a moved
///   run is still whole; else absolute
/// @param sha256 its [ContentHash]
public record Input(String role, String path, String sha256) {

  /// The input as it is now.
  ///
  /// @param runFolder where the manifest will stand
  public static Input of(String role, Path path, Path runFolder) {
    return new Input(role, portable(path, runFolder), ContentHash.of(path));
  }

  /// Where the input is, for a manifest in that folder.
  public Path resolve(Path runFolder) {
    return runFolder.resolve(path).normalize();
  }

  private static String portable(Path path, Path runFolder) {
    Path absolute = path.toAbsolutePath().normalize();
    Path folder = runFolder.toAbsolutePath().normalize();
    Path parent = folder.getParent();
    Path shown =
        parent != null && parent.getNameCount() > 0 && absolute.startsWith(parent)
            ? folder.relativize(absolute)
            : absolute;
    return shown.toString().replace('\\', '/');
  }
}
