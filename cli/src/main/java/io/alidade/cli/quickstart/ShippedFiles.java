package io.alidade.cli.quickstart;

import io.alidade.core.AlidadeException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the project ships beside its code: the sample, its held-out tasks and recipes.
public record ShippedFiles(Path home) {
  /// System property: the project's folder, which the launcher sets.
  private static final String HOME_PROPERTY = "alidade.home";

  public static ShippedFiles ofProcess() {
    return new ShippedFiles(Path.of(System.getProperty(HOME_PROPERTY, "")).toAbsolutePath());
  }

  Path recipe() {
    return existing("recipes/quickstart.yaml");
  }

  /// The recipe of a model in this process.
  public Path embeddedGeneration() {
    return existing("recipes/generate-embedded.yaml");
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
          file + " is missing; start Alidade through ./alidade in a whole checkout");
    }
    return file;
  }
}
