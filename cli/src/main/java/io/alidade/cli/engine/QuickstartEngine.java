package io.alidade.cli.engine;

import io.alidade.core.Progress;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.RunComparison;
import io.alidade.train.StopSignal;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// The main job, small: fetch the backbone, train on the shipped sample, measure before and after.
@FunctionalInterface
public interface QuickstartEngine {

  /// What came out.
  ///
  /// @param comparison the backbone before and after training, task by task
  /// @param baselines other models on the same tasks
  record Outcome(RunComparison comparison, List<EvaluationRun> baselines, Path model, Path report) {
    public Outcome {
      baselines = List.copyOf(baselines);
    }
  }

  /// Runs in the folder, or goes on where an earlier call was stopped.
  ///
  /// @param announce takes a line for people before each stage
  Outcome run(Path out, Consumer<String> announce, Progress progress, StopSignal signal);
}
