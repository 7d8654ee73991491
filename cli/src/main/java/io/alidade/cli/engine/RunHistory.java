package io.alidade.cli.engine;

import io.alidade.eval.report.ReportData.Measurement;
import io.alidade.eval.report.TrainingCurves;
import io.alidade.train.ScoreLog;
import io.alidade.train.TrainingLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How a training run went, from the logs in its folder.
///
/// @param realTokens of all steps, like the next three
/// @param memoryBytes the most after a step
public record RunHistory(
    TrainingCurves curves,
    long realTokens,
    long computedTokens,
    long paddedTokens,
    double seconds,
    long memoryBytes) {

  /// Whose values the model has that a run ends with.
  public enum Kept {
    /// The step with the best mean score.
    BEST,
    LAST,
    /// The run is not at its end.
    OPEN
  }

  /// Reads a run's logs, of which either may be missing.
  public static RunHistory read(Path run, Kept kept) {
    var sums = new Sums();
    new TrainingLog(run.resolve(TrainingLog.FILE_NAME)).forEach(sums::add);
    List<TrainingCurves.Scores> scores =
        new ScoreLog(run.resolve(ScoreLog.FILE_NAME))
            .read().stream()
                .map(line -> new TrainingCurves.Scores(line.step(), line.mean(), line.scores()))
                .toList();
    var open = new TrainingCurves(sums.steps, scores, 0);
    int step =
        switch (kept) {
          case BEST -> open.best().map(TrainingCurves.Scores::step).orElse(0);
          case LAST -> sums.steps.isEmpty() ? 0 : sums.steps.getLast().step();
          case OPEN -> 0;
        };
    return new RunHistory(
        new TrainingCurves(sums.steps, scores, step),
        sums.real,
        sums.computed,
        sums.padded,
        sums.seconds,
        sums.memory);
  }

  private static final class Sums {
    private final List<TrainingCurves.Step> steps = new ArrayList<>();
    private long real;
    private long computed;
    private long padded;
    private double seconds;
    private long memory;

    void add(TrainingLog.Line line) {
      steps.add(
          new TrainingCurves.Step(
              line.step(),
              line.loss(),
              line.gradientNorm(),
              line.learningRate(),
              line.tokensPerSecond(),
              line.memoryBytes()));
      real += line.realTokens();
      computed += line.computedTokens();
      padded += line.paddedTokens();
      seconds += line.seconds();
      memory = Math.max(memory, line.memoryBytes());
    }
  }

  /// Speed and memory of the steps; empty without any.
  public List<Measurement> measurements() {
    var rows = new ArrayList<Measurement>();
    if (curves.steps().isEmpty()) {
      return rows;
    }
    rows.add(
        new Measurement(
            "training speed",
            String.format(Locale.ROOT, "%.0f tokens/s", realTokens / seconds),
            "tokens of all texts, instructions counted every time"));
    if (paddedTokens > 0) {
      rows.add(
          new Measurement(
              "padding avoided",
              percent(paddedTokens - realTokens, paddedTokens),
              "of what queries and documents padded to the longest of a batch would have been"));
    }
    rows.add(
        new Measurement(
            "tokens not computed twice",
            percent(realTokens - computedTokens, realTokens),
            "shared instructions, once a batch"));
    rows.add(new Measurement("training time", duration(seconds), "all steps"));
    rows.add(
        new Measurement(
            "memory while training",
            String.format(Locale.ROOT, "%.1f GB", memoryBytes / 1e9),
            "largest resident size after a step"));
    return rows;
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.0f %%", 100.0 * part / whole);
  }

  /// Such as `45 s`, `12 min 05 s` or `3 h 07 min`.
  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    return whole < 3600
        ? "%d min %02d s".formatted(whole / 60, whole % 60)
        : "%d h %02d min".formatted(whole / 3600, whole / 60 % 60);
  }
}
