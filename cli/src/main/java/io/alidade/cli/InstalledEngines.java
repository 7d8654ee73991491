package io.alidade.cli;

import io.alidade.cli.engine.Engines;
import io.alidade.cli.engine.InstalledLlms;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.cli.engine.InstalledTraining;
import io.alidade.cli.quickstart.Quickstart;
import java.io.PrintStream;

/// The engines of this installation.
final class InstalledEngines {
  private InstalledEngines() {}

  /// @param err where lines for people go
  static Engines engines(PrintStream err) {
    var models = new InstalledModels(err::println);
    var training = new InstalledTraining(models, err::println);
    return new Engines(
        models,
        training,
        new Quickstart(models, training),
        (folder, progress) -> new InstalledLlms(models.library(progress), folder));
  }
}
