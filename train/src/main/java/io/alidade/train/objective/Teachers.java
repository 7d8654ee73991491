package io.alidade.train.objective;

import java.util.List;

/// The teacher's scores of a batch.
final class Teachers {
  private Teachers() {}

  /// Of a query's own candidates in the batch, the positive first.
  static double[] scores(Relation relation, int query) {
    List<Double> scores = relation.annotations().get(query).teacherScores();
    if (scores.isEmpty()) {
      throw new IllegalArgumentException(
          "example %d of the batch has no teacher scores".formatted(query));
    }
    return scores.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
