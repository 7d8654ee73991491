package io.alidade.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One model measured on some tasks. Tasks that are not applicable to it are missing.
public record EvaluationRun(MeasuredModel model, RunEnvironment environment, List<Entry> entries) {

  /// The scores on one task.
  ///
  /// @param key the hash of everything the scores depend on: data, model and settings
  public record Entry(String key, TaskScores scores) {}

  public EvaluationRun {
    entries = List.copyOf(entries);
  }

  public List<TaskScores> tasks() {
    return entries.stream().map(Entry::scores).toList();
  }

  public Optional<TaskScores> task(String name) {
    return tasks().stream().filter(scores -> scores.task().name().equals(name)).findFirst();
  }

  /// The run with an entry at the end, in place of one of the same task.
  EvaluationRun with(Entry entry) {
    var others = new ArrayList<>(entries);
    others.removeIf(e -> e.scores().task().name().equals(entry.scores().task().name()));
    others.add(entry);
    return new EvaluationRun(model, environment, others);
  }
}
