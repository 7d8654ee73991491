package io.alidade.cli.command;

import io.alidade.cli.engine.QuickstartEngine;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.PairedBootstrap.Difference;
import io.alidade.eval.RunComparison;
import io.alidade.eval.TaskScores;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The quickstart's result: before, after and the baselines, task by task.
final class ComparisonOutput {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private ComparisonOutput() {}

  static String table(QuickstartEngine.Outcome outcome) {
    var text = new StringBuilder();
    text.append(row("task", "metric", "before", "after", "difference (95 %)"));
    for (EvaluationRun baseline : outcome.baselines()) {
      text.append("  ").append(baseline.model().shortName());
    }
    for (RunComparison.Row row : outcome.comparison().rows()) {
      Difference scores = row.difference();
      text.append('\n')
          .append(
              row(
                  row.task(),
                  row.metric(),
                  number(scores.before()),
                  number(scores.after()),
                  String.format(
                      Locale.ROOT,
                      "%+.3f [%+.3f, %+.3f]",
                      scores.difference(),
                      scores.low(),
                      scores.high())));
      for (EvaluationRun baseline : outcome.baselines()) {
        String score =
            baseline
                .task(row.task())
                .map(TaskScores::score)
                .map(ComparisonOutput::number)
                .orElse("–");
        text.append("  ")
            .append(("%-" + baseline.model().shortName().length() + "s").formatted(score));
      }
    }
    return text.append("\n\nmodel   ")
        .append(outcome.model())
        .append("\nreport  ")
        .append(outcome.report())
        .toString();
  }

  static String json(QuickstartEngine.Outcome outcome) {
    ObjectNode root = JSON.createObjectNode();
    root.put("model", outcome.model().toString());
    root.put("report", outcome.report().toString());
    ArrayNode tasks = root.putArray("tasks");
    for (RunComparison.Row row : outcome.comparison().rows()) {
      Difference scores = row.difference();
      ObjectNode task = tasks.addObject();
      task.put("task", row.task()).put("type", row.type().label()).put("metric", row.metric());
      task.put("before", scores.before()).put("after", scores.after());
      task.putObject("difference")
          .put("value", scores.difference())
          .put("low", scores.low())
          .put("high", scores.high());
      ObjectNode baselines = task.putObject("baselines");
      outcome
          .baselines()
          .forEach(
              run ->
                  run.task(row.task())
                      .ifPresent(found -> baselines.put(run.model().name(), found.score())));
    }
    return root.toString();
  }

  private static String row(String... cells) {
    return "%-24s  %-16s  %-6s  %-6s  %-25s".formatted((Object[]) cells);
  }

  private static String number(double score) {
    return String.format(Locale.ROOT, "%.3f", score);
  }
}
