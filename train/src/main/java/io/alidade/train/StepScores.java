package io.alidade.train;

import io.alidade.train.checkpoint.CheckpointConfig;
import io.alidade.train.checkpoint.Checkpoints;
import io.alidade.train.optimizer.AdamW;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Measures steps as a recipe asks, and keeps the state of the best.
final class StepScores {
  private final EvaluationConfig config;
  private final Supplier<Map<String, Double>> model;
  private final ScoreLog log;
  private final Checkpoints best;
  private final Consumer<String> notes;

  /// @param model measures what has been trained so far
  /// @param folder of the run
  /// @param notes told in a line each what was measured
  StepScores(
      EvaluationConfig config,
      Supplier<Map<String, Double>> model,
      Path folder,
      Consumer<String> notes) {
    this.config = config;
    this.model = model;
    this.log = new ScoreLog(folder.resolve(ScoreLog.FILE_NAME));
    this.best =
        new Checkpoints(
            folder.resolve("checkpoints").resolve("best"), new CheckpointConfig(1, 0, 1));
    this.notes = notes;
  }

  /// Forgets what came after a step: a continued run measures it again.
  void truncateAfter(int step) {
    log.truncateAfter(step);
    best.deleteAfter(step);
  }

  /// Measures a step if it is due. The state goes before the scores that call it the best: a run
  /// that is killed between the two measures the step again.
  void measure(int step, int steps, Trained trained, AdamW optimizer) {
    if (!config.due(step, steps)) {
      return;
    }
    ScoreLog.Line line = ScoreLog.Line.of(step, model.get());
    boolean isBest = log.best().map(earlier -> line.mean() > earlier.mean()).orElse(true);
    if (isBest && config.keepBest()) {
      best.write(step, trained.parameters(), optimizer);
    }
    log.append(line);
    notes.accept(
        "step %d: mean score %.4f%s".formatted(step, line.mean(), isBest ? ", the best" : ""));
  }

  /// Puts the best step's values in place of the last one's.
  void restoreBest(int last, Trained trained, AdamW optimizer) {
    int step = log.best().map(ScoreLog.Line::step).orElse(last);
    if (config.keepBest() && step != last) {
      best.restore(trained.parameters(), optimizer);
      notes.accept("the model is that of step %d, whose mean score is the best".formatted(step));
    }
  }
}
