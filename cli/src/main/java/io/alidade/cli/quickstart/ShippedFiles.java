package io.alidade.cli.quickstart;

import io.alidade.core.AlidadeException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the project ships beside its code: the sample, its held-out tasks and the recipe.
record ShippedFiles(Path home) {
  /// System property: the project's folder, which the launcher sets.
  private static final String HOME_PROPERTY = "alidade.home";

  static ShippedFiles ofProcess() {
    return new ShippedFiles(Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath());
  }

  Path recipe() {
    return existing("recipes/quickstart.yaml");
  }

  Path trainingData() {
    return existing("samples/training/train.jsonl");
  }

  Path heldOutTasks() {
    return existing("samples/heldout");
  }

  private Path existing(String path) {
    Path file = home.resolve(path);
    if (!Files.exists(file)) {
      throw new AlidadeException(
          file + " is missing; run the quickstart through ./alidade in a whole checkout");
    }
    return file;
  }
}
