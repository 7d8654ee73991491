package io.alidade.eval;

import io.alidade.data.TaskInfo;
import io.alidade.data.TaskType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What was measured on a task.
///
/// @param metrics every metric by its name in mteb, among them the task's own
/// @param rankings retrieval: the first documents for each query id; empty for other types
/// @param texts how many texts were embedded or indexed, counted with repetitions
/// @param seconds how long the measurement took
public record TaskScores(
    TaskInfo task,
    TaskType type,
    Map<String, Double> metrics,
    ItemScores items,
    Map<String, List<Hit>> rankings,
    long texts,
    double seconds) {

  public TaskScores {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    rankings = Collections.unmodifiableMap(new LinkedHashMap<>(rankings));
    if (!metrics.containsKey(task.metric())) {
      throw new IllegalArgumentException(
          "metric %s is none of %s".formatted(task.metric(), metrics.keySet()));
    }
  }

  /// The value of the task's own metric.
  public double score() {
    return metrics.getOrDefault(task.metric(), 0.0);
  }

  TaskScores withSeconds(double taken) {
    return new TaskScores(task, type, metrics, items, rankings, texts, taken);
  }
}
