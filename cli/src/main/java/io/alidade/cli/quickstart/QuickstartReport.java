package io.alidade.cli.quickstart;

import io.alidade.cli.engine.InstalledModels;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.cli.engine.RunHistory;
import io.alidade.core.Hardware;
import io.alidade.core.Progress;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.Recipe;
import io.alidade.core.recipe.RecipeValues;
import io.alidade.data.EvaluationTask;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.RunComparison;
import io.alidade.eval.TaskScores;
import io.alidade.eval.report.ReportData;
import io.alidade.eval.report.ReportPage;
import io.alidade.eval.report.SimilarityMap;
import io.alidade.eval.report.TextMap;
import io.alidade.model.head.Pooling;
import io.alidade.train.TrainRecipe;
import io.alidade.train.TrainingLog;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/// Gathers what the report page shows from the folders of the run.
final class QuickstartReport {
  private static final String SHELF = "e5-small-v2";

  private final InstalledModels models;
  private final Path out;
  private final Recipe<TrainRecipe> recipe;
  private final List<EvaluationTask> tasks;
  private final Progress progress;

  QuickstartReport(
      InstalledModels models,
      Path out,
      Recipe<TrainRecipe> recipe,
      List<EvaluationTask> tasks,
      Progress progress) {
    this.models = models;
    this.out = out;
    this.recipe = recipe;
    this.tasks = tasks;
    this.progress = progress;
  }

  void write(
      Path file,
      EvaluationRun before,
      EvaluationRun after,
      RunComparison comparison,
      List<EvaluationRun> baselines,
      Path model) {
    List<TrainingLog.Line> steps =
        new TrainingLog(out.resolve("train").resolve(TrainingLog.FILE_NAME)).read();
    RunHistory history = RunHistory.read(out.resolve("train"), RunHistory.Kept.BEST);
    var texts = new ReportTexts(tasks);
    float[][] vectorsBefore;
    float[][] vectorsAfter;
    try (LoadedModel backbone =
        models.backbone(
            models.library(progress).open(recipe.settings().backbone()), Pooling.LAST_TOKEN)) {
      vectorsBefore = backbone.embedder().embed(texts.inputs());
    }
    try (LoadedModel trained = models.open(model.toString(), progress)) {
      vectorsAfter = trained.embedder().embed(texts.inputs());
    }
    var data =
        new ReportData(
            before.model().shortName() + ", tuned",
            "%s became a text-embedding model: a low-rank adapter, trained by contrast on %s examples that a language model wrote, measured on tasks it has not seen."
                .formatted(before.model().shortName(), count(steps)),
            origin(),
            headlines(comparison, history),
            rows(after, comparison, baselines),
            baselines.stream().map(run -> run.model().shortName()).toList(),
            SHELF,
            history.curves(),
            new RankedExamples(tasks, before, after).queries(),
            SimilarityMap.of(
                texts.heatTexts(), texts.heat(vectorsBefore), texts.heat(vectorsAfter)),
            TextMap.of(texts.texts(), texts.labels(), vectorsBefore, vectorsAfter),
            measurements(history, before, after),
            next(model));
    new ReportPage(data).write(file);
  }

  private static String count(List<TrainingLog.Line> steps) {
    long distinct = steps.stream().flatMap(step -> step.ids().stream()).distinct().count();
    return String.format(Locale.ROOT, "%,d", distinct);
  }

  private ReportData.Origin origin() {
    Manifest manifest = Manifest.read(out.resolve("train"));
    Input data = input(manifest, "data");
    var examples = new SampleCounts(recipe.resolve(recipe.settings().data().getFirst().path()));
    return new ReportData.Origin(
        recipe.settings().backbone() + " (" + input(manifest, "backbone").path() + ")",
        input(manifest, "backbone").sha256(),
        data.path(),
        data.sha256(),
        examples.byKind(),
        examples.byLanguage(),
        RecipeValues.of(recipe.tree()),
        recipe.settings().seed(),
        manifest.versions(),
        Hardware.current().describe());
  }

  private static Input input(Manifest manifest, String role) {
    return manifest.inputs().stream()
        .filter(input -> input.role().equals(role))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the manifest names no " + role));
  }

  private static List<ReportData.Headline> headlines(RunComparison comparison, RunHistory history) {
    var headlines = new ArrayList<ReportData.Headline>();
    for (RunComparison.Row row : comparison.rows()) {
      headlines.add(
          new ReportData.Headline(
              row.task(),
              String.format(Locale.ROOT, "%.3f", row.difference().after()),
              String.format(
                  Locale.ROOT, "%s, %.3f before", row.metric(), row.difference().before())));
    }
    headlines.add(
        new ReportData.Headline(
            "training",
            RunHistory.duration(history.seconds()),
            history.curves().steps().size() + " steps on the processor"));
    return headlines;
  }

  private static List<ReportData.TaskRow> rows(
      EvaluationRun after, RunComparison comparison, List<EvaluationRun> baselines) {
    return comparison.rows().stream()
        .map(
            row -> {
              TaskScores scores = after.task(row.task()).orElseThrow();
              var others = new LinkedHashMap<String, Double>();
              for (EvaluationRun run : baselines) {
                run.task(row.task()).ifPresent(s -> others.put(run.model().shortName(), s.score()));
              }
              return new ReportData.TaskRow(
                  row.task(),
                  row.type().label(),
                  row.metric(),
                  scores.task().instruction(),
                  scores.task().sha256(),
                  scores.items().ids().size(),
                  row.difference(),
                  others);
            })
        .toList();
  }

  private static List<ReportData.Measurement> measurements(
      RunHistory history, EvaluationRun before, EvaluationRun after) {
    var rows = new ArrayList<>(history.measurements());
    rows.add(
        new ReportData.Measurement(
            "measuring",
            RunHistory.duration(taken(before) + taken(after)),
            "before and after together"));
    return rows;
  }

  private static double taken(EvaluationRun run) {
    return run.tasks().stream().mapToDouble(TaskScores::seconds).sum();
  }

  private static List<ReportData.Command> next(Path model) {
    return List.of(
        new ReportData.Command(
            "./alidade search --model %s --corpus YOUR-NOTES/ \"what you look for\""
                .formatted(model),
            "search your own texts with the model"),
        new ReportData.Command(
            "./alidade evaluate --model %s --tasks YOUR-TASK/ --out results".formatted(model),
            "measure it on your own labelled data"),
        new ReportData.Command(
            "./alidade train --recipe recipes/quickstart.yaml --set data.0.path=YOUR-PAIRS.jsonl --out run",
            "train on your own pairs"));
  }
}
