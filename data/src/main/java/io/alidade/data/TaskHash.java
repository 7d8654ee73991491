package io.alidade.data;

import io.alidade.core.Sha256;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// The hash of a task's data: of one file, its own SHA-256; of several, the SHA-256 of the lines
/// `part sha256` in alphabetical order of the parts, whatever the files are called.
final class TaskHash {
  private TaskHash() {}

  static String of(Path file) {
    return Sha256.ofFile(file);
  }

  static String of(Map<String, Path> parts) {
    var lines = new StringBuilder();
    new TreeMap<>(parts)
        .forEach(
            (part, file) ->
                lines.append(part).append(' ').append(Sha256.ofFile(file)).append('\n'));
    return Sha256.ofText(lines.toString());
  }
}
