package io.alidade.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The kinds of evaluation task, each with the metrics it knows (the first is the default) and
/// whether its two sides play the same part.
public enum TaskType {
  RETRIEVAL(false),
  STS(true),
  CLASSIFICATION(true),
  PAIR_CLASSIFICATION(true),
  BITEXT(true);

  private final boolean symmetric;

  TaskType(boolean symmetric) {
    this.symmetric = symmetric;
  }

  /// Whether both sides take the instruction unless the task says otherwise.
  public boolean symmetric() {
    return symmetric;
  }

  public List<String> metrics() {
    return switch (this) {
      case RETRIEVAL ->
          List.of(
              "ndcg_at_10",
              "ndcg_at_1",
              "ndcg_at_5",
              "ndcg_at_100",
              "recall_at_1",
              "recall_at_5",
              "recall_at_10",
              "recall_at_100",
              "mrr_at_10",
              "map_at_10",
              "map_at_100");
      case STS -> List.of("cosine_spearman");
      case CLASSIFICATION -> List.of("accuracy");
      case PAIR_CLASSIFICATION -> List.of("cosine_ap");
      case BITEXT -> List.of("f1");
    };
  }

  public String defaultMetric() {
    return metrics().getFirst();
  }

  /// The name in files and on the command line, such as `pair-classification`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<TaskType> of(String label) {
    return Arrays.stream(values()).filter(type -> type.label().equals(label)).findFirst();
  }

  public static List<String> labels() {
    return Arrays.stream(values()).map(TaskType::label).toList();
  }
}
