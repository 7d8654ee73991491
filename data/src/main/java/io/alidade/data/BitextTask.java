package io.alidade.data;

import java.util.List;

/// Translations: for each first text, its own second text is to be found among all second ones.
public record BitextTask(TaskInfo info, List<TextPair> pairs) implements EvaluationTask {

  public BitextTask {
    pairs = List.copyOf(pairs);
  }

  @Override
  public TaskType type() {
    return TaskType.BITEXT;
  }

  @Override
  public int items() {
    return pairs.size();
  }

  @Override
  public BitextTask withInfo(TaskInfo other) {
    return new BitextTask(other, pairs);
  }
}
