package io.alidade.cli.command;

import io.alidade.cli.engine.Merger.Step;
import io.alidade.eval.TaskScores;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `alidade merge` prints: the steps with their scores, and where the model is.
record MergeOutput(List<Step> steps, Step best, Path model) {

  String text() {
    var text = new StringBuilder();
    if (!best.scores().isEmpty()) {
      text.append("share of the second    mean");
      best.scores().forEach(task -> text.append(column(task, task.task().name())));
      for (Step step : steps) {
        text.append(String.format(Locale.ROOT, "%n%19.3f  %.4f", step.shareOfLast(), step.mean()));
        step.scores().forEach(task -> text.append(score(task)));
        text.append(step.equals(best) ? "  best" : "");
      }
      text.append("\n");
    }
    return text.append("model   ").append(model).toString();
  }

  private static String score(TaskScores task) {
    return column(task, String.format(Locale.ROOT, "%.4f", task.score()));
  }

  /// As wide as the task's name and its score need.
  private static String column(TaskScores task, String content) {
    int width = Math.max("0.0000".length(), task.task().name().length());
    return "  " + " ".repeat(width - content.length()) + content;
  }

  String json() {
    ObjectNode json = JsonMapper.shared().createObjectNode().put("model", model.toString());
    for (Step step : steps) {
      ObjectNode node = json.withArray("steps").addObject();
      node.put("combination", step.combination().describe());
      node.put("best", step.equals(best));
      step.scores()
          .forEach(task -> node.withObject("scores").put(task.task().name(), task.score()));
    }
    return json.toString();
  }
}
