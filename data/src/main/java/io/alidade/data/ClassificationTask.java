package io.alidade.data;

import java.util.List;

/// Texts with one label each: a linear classifier on the embeddings of `train` is measured on
/// `test`.
public record ClassificationTask(TaskInfo info, List<LabelledText> train, List<LabelledText> test)
    implements EvaluationTask {

  public record LabelledText(String text, String label) {}

  public ClassificationTask {
    train = List.copyOf(train);
    test = List.copyOf(test);
  }

  @Override
  public TaskType type() {
    return TaskType.CLASSIFICATION;
  }

  @Override
  public int items() {
    return test.size();
  }

  @Override
  public ClassificationTask withInfo(TaskInfo other) {
    return new ClassificationTask(other, train, test);
  }
}
