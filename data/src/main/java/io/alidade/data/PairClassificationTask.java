package io.alidade.data;

import java.util.List;

/// Pairs that belong together (a paraphrase, a duplicate question) or do not.
public record PairClassificationTask(TaskInfo info, List<LabelledPair> pairs)
    implements EvaluationTask {

  public record LabelledPair(TextPair texts, boolean label) {}

  public PairClassificationTask {
    pairs = List.copyOf(pairs);
  }

  @Override
  public TaskType type() {
    return TaskType.PAIR_CLASSIFICATION;
  }

  @Override
  public int items() {
    return pairs.size();
  }

  @Override
  public PairClassificationTask withInfo(TaskInfo other) {
    return new PairClassificationTask(other, pairs);
  }
}
