package io.alidade.core.lineage;

import io.alidade.core.DataException;
import io.alidade.core.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The stages' folders in and below some folders, by their manifests.
record RunFiles(List<Stage> stages) {
  /// Deep enough for `evaluation/after` of a quickstart in a folder of quickstarts.
  private static final int DEPTH = 4;

  record Stage(Path folder, Manifest manifest) {}

  static RunFiles under(List<Path> folders) {
    var stages = new ArrayList<Stage>();
    for (Path folder : folders) {
      List<Path> found = manifests(folder);
      if (found.isEmpty()) {
        throw new DataException(
            folder, "holds no %s, so it is no run's folder".formatted(Manifest.FILE_NAME));
      }
      for (Path file : found) {
        Path parent = file.resolveSibling("").normalize();
        stages.add(new Stage(parent, Manifest.read(parent)));
      }
    }
    return new RunFiles(stages);
  }

  List<Stage> of(String stage) {
    return stages.stream().filter(one -> one.manifest.stage().equals(stage)).toList();
  }

  private static List<Path> manifests(Path folder) {
    try (Stream<Path> files =
        Files.find(
            folder,
            DEPTH,
            (file, attributes) ->
                attributes.isRegularFile() && file.endsWith(Manifest.FILE_NAME))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new DataException(folder, "cannot be read; there must be a run's folder", e);
    }
  }
}
