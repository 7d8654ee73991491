package io.alidade.cli.engine;

import io.alidade.core.Progress;
import io.alidade.core.recipe.Recipe;
import io.alidade.train.StopSignal;
import io.alidade.train.TrainRecipe;
import io.alidade.train.Trainer;
import java.nio.file.Path;

/// Runs a training recipe in a folder, from the backbone to the model folder.
@FunctionalInterface
public interface TrainingEngine {

  /// What came out.
  ///
  /// @param model the merged model's folder
  record Outcome(Trainer.Summary summary, Path model) {}

  /// Trains, or goes on where an earlier call with the same recipe was stopped.
  ///
  /// @throws io.alidade.train.InterruptedRunException when the signal said so, after a checkpoint
  Outcome train(Recipe<TrainRecipe> recipe, Path out, Progress progress, StopSignal signal);
}
