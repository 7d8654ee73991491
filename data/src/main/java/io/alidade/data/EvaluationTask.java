package io.alidade.data;

/// A task that embeddings are measured on, as data: its texts and what is right about them.
/// [TaskFolder] reads one; the evaluators of module `eval` measure it.
public sealed interface EvaluationTask
    permits RetrievalTask, StsTask, ClassificationTask, PairClassificationTask, BitextTask {

  TaskInfo info();

  TaskType type();

  /// How many items the score is over: queries, pairs or test texts.
  int items();

  /// The same task under another name or instruction.
  EvaluationTask withInfo(TaskInfo info);

  default String name() {
    return info().name();
  }

  default EvaluationTask withInstruction(String text) {
    return withInfo(info().withInstruction(text));
  }
}
