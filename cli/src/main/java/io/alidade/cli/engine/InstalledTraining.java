package io.alidade.cli.engine;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.recipe.Recipe;
import io.alidade.model.backbone.Backbone;
import io.alidade.train.InterruptedRunException;
import io.alidade.train.StopSignal;
import io.alidade.train.TrainRecipe;
import io.alidade.train.TrainingDivergedException;
import io.alidade.train.TrainingRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Trains on a backbone of this installation, and leaves a page about the run in its folder,
/// however the run ended.
///
/// @param notes told in a line each what people should know
public record InstalledTraining(InstalledModels models, Consumer<String> notes)
    implements TrainingEngine {

  @Override
  public Outcome train(Recipe<TrainRecipe> recipe, Path out, Progress progress, StopSignal signal) {
    try (Backbone backbone = models.library(progress).open(backbone(recipe))) {
      TrainingRun.Outcome outcome =
          new TrainingRun(recipe, backbone, out, notes, TaskScorer::of).run(progress, signal);
      new TrainingPage(recipe.settings(), out).write();
      return new Outcome(outcome.summary(), outcome.model());
    } catch (InterruptedRunException | TrainingDivergedException e) {
      writePage(recipe, out, e);
      throw e;
    }
  }

  /// A backbone that lies beside the recipe, as its data does; else a name or path as it stands.
  private static String backbone(Recipe<TrainRecipe> recipe) {
    String named = recipe.settings().backbone();
    Path beside = recipe.resolve(Path.of(named));
    return Files.exists(beside) ? beside.toString() : named;
  }

  /// Beside what ended the run it matters little that there is no page.
  private static void writePage(Recipe<TrainRecipe> recipe, Path out, AlidadeException ended) {
    try {
      new TrainingPage(recipe.settings(), out).write();
    } catch (AlidadeException e) {
      ended.addSuppressed(e);
    }
  }
}
