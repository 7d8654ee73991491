package io.alidade.eval;

import io.alidade.core.Sha256;
import io.alidade.data.BitextTask;
import io.alidade.data.ClassificationTask;
import io.alidade.data.ClassificationTask.LabelledText;
import io.alidade.data.EvaluationTask;
import io.alidade.data.PairClassificationTask;
import io.alidade.data.RetrievalTask;
import io.alidade.data.StsTask;
import io.alidade.data.TaskInfo;
import io.alidade.data.TaskType;
import io.alidade.data.TextPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One small task of each type, about fruit and tools.
final class SampleTasks {
  private SampleTasks() {}

  static List<EvaluationTask> all() {
    return List.of(retrieval(), sts(), classification(), pairs(), bitext());
  }

  static RetrievalTask retrieval() {
    var corpus =
        List.of(
            new RetrievalTask.Document("d1", "Apples", "Apples grow on trees in an orchard"),
            new RetrievalTask.Document("d2", "Hammer", "A hammer drives nails into wood"),
            new RetrievalTask.Document("d3", "", "Trees give wood"));
    var queries =
        List.of(
            new RetrievalTask.Query("q1", "where do apples grow"),
            new RetrievalTask.Query("q2", "what drives nails"));
    return new RetrievalTask(
        info(TaskType.RETRIEVAL),
        corpus,
        queries,
        Map.of("q1", Map.of("d1", 1), "q2", Map.of("d2", 1)));
  }

  static StsTask sts() {
    return new StsTask(
        info(TaskType.STS),
        List.of(
            new StsTask.GradedPair(new TextPair("a red apple", "a red apple"), 5),
            new StsTask.GradedPair(new TextPair("a red apple", "a green apple"), 3),
            new StsTask.GradedPair(new TextPair("a red apple", "one steel hammer"), 0)));
  }

  static PairClassificationTask pairs() {
    return new PairClassificationTask(
        info(TaskType.PAIR_CLASSIFICATION),
        List.of(
            new PairClassificationTask.LabelledPair(new TextPair("ripe pear", "a ripe pear"), true),
            new PairClassificationTask.LabelledPair(new TextPair("ripe pear", "old saw"), false)));
  }

  static BitextTask bitext() {
    return new BitextTask(
        info(TaskType.BITEXT),
        List.of(
            new TextPair("taxi hotel", "Taxi Hotel"), new TextPair("radio piano", "Radio Piano")));
  }

  static ClassificationTask classification() {
    var rows = new ArrayList<LabelledText>();
    for (int i = 0; i < 12; i++) {
      rows.add(new LabelledText("fruit apple pear number " + i, "fruit"));
      rows.add(new LabelledText("tool hammer saw number " + i, "tool"));
    }
    return new ClassificationTask(
        info(TaskType.CLASSIFICATION), rows.subList(0, 20), rows.subList(20, 24));
  }

  private static TaskInfo info(TaskType type) {
    return new TaskInfo(
        "sample-" + type.label(),
        "Find it",
        type.symmetric(),
        type.defaultMetric(),
        "en",
        Sha256.ofText(type.label()));
  }
}
