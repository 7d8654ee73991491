package io.alidade.eval;

import io.alidade.core.AlidadeException;
import io.alidade.data.TaskType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Two runs, task by task, with the 95 % interval of each difference.
public record RunComparison(MeasuredModel before, MeasuredModel after, List<Row> rows) {

  /// One task that both runs measured.
  public record Row(
      String task, TaskType type, String metric, PairedBootstrap.Difference difference) {}

  public RunComparison {
    rows = List.copyOf(rows);
  }

  /// Compares the tasks that both runs have, in the order of the later one.
  ///
  /// @throws AlidadeException if a task of the same name was measured on other data or by another
  ///   metric
  public static RunComparison of(
      EvaluationRun before, EvaluationRun after, int resamples, long seed) {
    var rows = new ArrayList<Row>();
    for (TaskScores scores : after.tasks()) {
      Optional<TaskScores> earlier = before.task(scores.task().name());
      if (earlier.isPresent()) {
        rows.add(row(earlier.get(), scores, resamples, seed));
      }
    }
    return new RunComparison(before.model(), after.model(), rows);
  }

  private static Row row(TaskScores before, TaskScores after, int resamples, long seed) {
    String task = after.task().name();
    check(task, "data", before.task().sha256(), after.task().sha256());
    check(task, "metric", before.task().metric(), after.task().metric());
    return new Row(
        task,
        after.type(),
        after.task().metric(),
        PairedBootstrap.compare(before.items(), after.items(), resamples, seed));
  }

  private static void check(String task, String what, String before, String after) {
    if (!before.equals(after)) {
      throw new AlidadeException(
          "task %s cannot be compared: its %s was %s before and is %s after"
              .formatted(task, what, before, after));
    }
  }
}
