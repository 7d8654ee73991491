package io.alidade.data;

import java.util.List;

/// Pairs graded by people for how much they mean the same; any scale, higher is nearer.
public record StsTask(TaskInfo info, List<GradedPair> pairs) implements EvaluationTask {

  public record GradedPair(TextPair texts, double score) {}

  public StsTask {
    pairs = List.copyOf(pairs);
  }

  @Override
  public TaskType type() {
    return TaskType.STS;
  }

  @Override
  public int items() {
    return pairs.size();
  }

  @Override
  public StsTask withInfo(TaskInfo other) {
    return new StsTask(other, pairs);
  }
}
