package io.alidade.cli;

import io.alidade.cli.engine.Engines;
import io.alidade.cli.engine.InstalledLlms;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.cli.engine.TaskScorer;
import io.alidade.cli.engine.TrainingEngine;
import io.alidade.cli.quickstart.Quickstart;
import io.alidade.model.backbone.Backbone;
import io.alidade.train.TrainingRun;
import java.io.PrintStream;

/// The engines of this installation.
final class InstalledEngines {
  private InstalledEngines() {}

  /// @param err where lines for people go
  static Engines engines(PrintStream err) {
    var models = new InstalledModels(err::println);
    TrainingEngine training =
        (recipe, out, progress, signal) -> {
          try (Backbone backbone = models.library(progress).open(recipe.settings().backbone())) {
            TrainingRun.Outcome outcome =
                new TrainingRun(recipe, backbone, out, err::println, TaskScorer::of)
                    .run(progress, signal);
            return new TrainingEngine.Outcome(outcome.summary(), outcome.model());
          }
        };
    return new Engines(
        models,
        training,
        new Quickstart(models, training),
        (folder, progress) -> new InstalledLlms(models.library(progress), folder));
  }
}
