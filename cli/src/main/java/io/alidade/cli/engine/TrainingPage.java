package io.alidade.cli.engine;

import io.alidade.core.manifest.Manifest;
import io.alidade.eval.report.ReportData.Headline;
import io.alidade.eval.report.RunPage;
import io.alidade.eval.report.RunReport;
import io.alidade.eval.report.TrainingCurves;
import io.alidade.train.TrainRecipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The page about a training run: `report.html` in its folder.
final class TrainingPage {
  static final String FILE_NAME = "report.html";

  private final TrainRecipe recipe;
  private final Path run;

  TrainingPage(TrainRecipe recipe, Path run) {
    this.recipe = recipe;
    this.run = run;
  }

  void write() {
    Manifest manifest = Manifest.read(run);
    RunHistory history = RunHistory.read(run, kept(manifest));
    var report =
        new RunReport(
            recipe.backbone(),
            summary(manifest, history.curves()),
            headlines(history),
            history.curves(),
            history.measurements(),
            manifest);
    new RunPage(report).write(run.resolve(FILE_NAME));
  }

  private RunHistory.Kept kept(Manifest manifest) {
    if (!manifest.complete()) {
      return RunHistory.Kept.OPEN;
    }
    return recipe.evaluation().keepBest() ? RunHistory.Kept.BEST : RunHistory.Kept.LAST;
  }

  private static String summary(Manifest manifest, TrainingCurves curves) {
    int steps = curves.steps().size();
    return manifest.complete()
        ? "Trained for %d steps, finished %s.".formatted(steps, manifest.finished())
        : "Not at its end: %d steps so far. The same command goes on where it stopped."
            .formatted(steps);
  }

  private static List<Headline> headlines(RunHistory history) {
    TrainingCurves curves = history.curves();
    var headlines = new ArrayList<Headline>();
    curves
        .best()
        .ifPresent(
            best ->
                headlines.add(
                    new Headline(
                        "best mean score",
                        String.format(Locale.ROOT, "%.3f", best.mean()),
                        "at step " + best.step())));
    if (!curves.steps().isEmpty()) {
      int tenth = Math.ceilDiv(curves.steps().size(), 10);
      headlines.add(
          new Headline(
              "loss",
              loss(curves.steps().reversed().subList(0, tenth)),
              "mean of the last %d steps, %s of the first"
                  .formatted(tenth, loss(curves.steps().subList(0, tenth)))));
      headlines.add(
          new Headline(
              "steps",
              Integer.toString(curves.steps().size()),
              "in " + RunHistory.duration(history.seconds())));
    }
    return headlines;
  }

  private static String loss(List<TrainingCurves.Step> steps) {
    double mean = steps.stream().mapToDouble(TrainingCurves.Step::loss).average().orElse(0);
    return String.format(Locale.ROOT, "%.3f", mean);
  }
}
