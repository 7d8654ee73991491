package io.alidade.eval.report;

import io.alidade.eval.report.StepChart.Line;
import io.alidade.eval.report.StepChart.Note;
import io.alidade.eval.report.TrainingCurves.Scores;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The score of each task over the steps at which the model was measured, their mean, and the best
/// of these steps. Where tasks are too many to tell their lines apart, the mean alone is drawn; the
/// table has all.
final class ScoreSection {
  private static final int MOST_LINES = 8;
  private static final int INTERVALS = 5;

  /// Tables with fewer rows need not be opened first.
  private static final int SHORT_TABLE = 8;

  private final List<Scores> scores;
  private final Scores best;
  private final int keptStep;
  private final List<String> tasks;

  /// @param curves with at least one measured step
  ScoreSection(TrainingCurves curves) {
    this.scores = curves.scores();
    this.best = curves.best().orElseThrow();
    this.keptStep = curves.keptStep();
    Set<String> names = new LinkedHashSet<>();
    scores.forEach(row -> names.addAll(row.byTask().keySet()));
    this.tasks = List.copyOf(names);
  }

  String html() {
    return Html.section(
        "scores",
        "Scores on the way",
        "The main score of each task, measured while the model was trained, and their mean. "
            + sentence(),
        chart().html() + table());
  }

  private String sentence() {
    String highest =
        "The highest mean is %s, at step %d".formatted(Html.score(best.mean()), best.step());
    if (keptStep == 0) {
      return highest + ", so far.";
    }
    return keptStep == best.step()
        ? highest + "; the model is of that step."
        : highest + "; the model is of step %d.".formatted(keptStep);
  }

  private StepChart chart() {
    List<Line> lines = lines();
    double lowest =
        lines.stream().flatMap(l -> l.values().stream()).min(Double::compare).orElse(0.0);
    double highest =
        lines.stream().flatMap(l -> l.values().stream()).max(Double::compare).orElse(1.0);
    return new StepChart(
        "Score by step",
        "Mean score from %s to %s over %d measured steps. %s"
            .formatted(
                Html.score(scores.getFirst().mean()),
                Html.score(scores.getLast().mean()),
                scores.size(),
                sentence()),
        "wide",
        scores.stream().map(Scores::step).toList(),
        NiceScale.around(lowest, highest, INTERVALS),
        lines,
        Optional.of(
            new Note(
                best.step(),
                keptStep == best.step()
                    ? "best mean, kept: step " + best.step()
                    : "best mean: step " + best.step())),
        this::tip);
  }

  private List<Line> lines() {
    var lines = new ArrayList<Line>();
    if (tasks.size() > 1 && tasks.size() <= MOST_LINES) {
      for (int i = 0; i < tasks.size(); i++) {
        String task = tasks.get(i);
        lines.add(
            new Line(
                task,
                "task c%d%s".formatted(i, i < 4 ? "" : " dashed"),
                i,
                scores.stream().map(row -> row.byTask().getOrDefault(task, row.mean())).toList()));
      }
    }
    String name = tasks.size() == 1 ? tasks.getFirst() : "mean of " + tasks.size() + " tasks";
    lines.add(new Line(name, "mean", 0, scores.stream().map(Scores::mean).toList()));
    return lines;
  }

  private List<String> tip(int point) {
    Scores row = scores.get(point);
    var lines = new ArrayList<String>();
    lines.add("mean " + Html.score(row.mean()));
    row.byTask().entrySet().stream()
        .limit(MOST_LINES)
        .forEach(entry -> lines.add(entry.getKey() + " " + Html.score(entry.getValue())));
    return lines;
  }

  private String table() {
    return """
    <details%s><summary>Scores of every measured step</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Scores of every measured step">
    <table><caption>Scores by step and task</caption><thead><tr><th scope="col">Step</th>\
    <th scope="col" class="n">Mean</th>%s</tr></thead><tbody>
    %s
    </tbody></table></div></details>
    """
        .formatted(
            scores.size() <= SHORT_TABLE ? " open" : "",
            Html.each(tasks, task -> "<th scope=\"col\" class=\"n\">" + Html.text(task) + "</th>"),
            Html.each(scores, this::row));
  }

  private String row(Scores row) {
    return "<tr%s><th scope=\"row\">%d%s</th><td class=\"n\"><b>%s</b></td>%s</tr>"
        .formatted(
            row.step() == best.step() ? " class=\"best\"" : "",
            row.step(),
            row.step() == best.step()
                ? "<small>best mean</small>"
                : row.step() == keptStep ? "<small>kept</small>" : "",
            Html.score(row.mean()),
            Html.each(
                tasks,
                task ->
                    "<td class=\"n\">%s</td>"
                        .formatted(
                            Optional.ofNullable(row.byTask().get(task))
                                .map(Html::score)
                                .orElse("–"))));
  }
}
