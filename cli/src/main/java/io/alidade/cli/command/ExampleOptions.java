package io.alidade.cli.command;

import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingLayouts;
import io.alidade.data.dataset.ExampleReader;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// The options that say how examples are read.
final class ExampleOptions {
  @Option(
      names = "--from",
      paramLabel = "LAYOUT",
      description = "The file's layout (default: what each row's columns show).")
  private String layout = "";

  @Option(
      names = "--instruction",
      paramLabel = "TEXT",
      description = "Task sentence of rows that name none.")
  private String instruction = "";

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "Kind of rows that name none (default: short-long).")
  private String kind = TrainingDefaults.KIND.label();

  @Option(
      names = "--language",
      paramLabel = "CODE",
      description = "Language of rows that name none (default: und).")
  private String language = TrainingDefaults.LANGUAGE;

  /// @throws UsageException for a layout or kind that is none
  ExampleReader reader() {
    var defaults = new TrainingDefaults(instruction, taskKind(), language);
    return layout.isEmpty()
        ? ExampleReader.detecting(defaults)
        : ExampleReader.of(TrainingLayouts.of(layout), defaults);
  }

  /// All that decides what is read, for a manifest.
  void describe(ObjectNode recipe) {
    recipe.put("layout", layout);
    recipe.put("instruction", instruction);
    recipe.put("kind", kind);
    recipe.put("language", language);
  }

  private TaskKind taskKind() {
    try {
      return TaskKind.of(kind);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage());
    }
  }
}
