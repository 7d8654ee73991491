package io.alidade.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/// Hand-computed tables, and properties that hold for any input.
class MetricsTest {
  private static final Offset<Double> EXACT = within(1e-12);

  @Test
  void retrievalMetrics_handComputed_match() {
    // Grades by place: 0, 2, 1. Ideal: 3 (not found), 2, 1.
    var metrics =
        new RetrievalMetrics(
            List.of("x", "b", "c"), Map.of("a", 3, "b", 2, "c", 1, "d", 0, "e", -1));
    double log3 = Math.log(3) / Math.log(2);
    assertThat(metrics.ndcg(10)).isCloseTo((2 / log3 + 1.0 / 2) / (3 + 2 / log3 + 1.0 / 2), EXACT);
    assertThat(metrics.ndcg(1)).isZero();
    assertThat(metrics.recall(2)).isCloseTo(1.0 / 3, EXACT);
    assertThat(metrics.precision(10)).isCloseTo(0.2, EXACT);
    assertThat(metrics.reciprocalRank(10)).isCloseTo(0.5, EXACT);
    assertThat(metrics.reciprocalRank(1)).isZero();
    assertThat(metrics.averagePrecision()).isCloseTo((1.0 / 2 + 2.0 / 3) / 3, EXACT);
  }

  @Test
  void retrievalMetrics_nothingRelevantOrFound_areZero() {
    assertThat(new RetrievalMetrics(List.of("a"), Map.of("a", 0)).all().values()).containsOnly(0.0);
    assertThat(new RetrievalMetrics(List.of(), Map.of("a", 1)).all().values()).containsOnly(0.0);
  }

  @Test
  void retrievalMetrics_anyRanking_areBoundedAndGrowWithTheCut() {
    var random = new Random(3);
    for (int trial = 0; trial < 200; trial++) {
      List<String> ranking =
          new ArrayList<>(IntStream.range(0, 30).mapToObj(String::valueOf).toList());
      Collections.shuffle(ranking, random);
      Map<String, Integer> grades = new HashMap<>();
      for (int i = 0; i < 8; i++) {
        grades.put(String.valueOf(random.nextInt(40)), random.nextInt(4));
      }
      var metrics = new RetrievalMetrics(ranking, grades);
      assertThat(metrics.all().values()).allMatch(value -> value >= 0 && value <= 1 + 1e-12);
      assertThat(metrics.recall(10)).isGreaterThanOrEqualTo(metrics.recall(5));
      assertThat(metrics.reciprocalRank(10)).isGreaterThanOrEqualTo(metrics.reciprocalRank(5));
      assertThat(swappedUp(ranking, grades).ndcg(10))
          .isGreaterThanOrEqualTo(metrics.ndcg(10) - 1e-12);
    }
  }

  /// The ranking with its best-graded document in the first place.
  private static RetrievalMetrics swappedUp(List<String> ranking, Map<String, Integer> grades) {
    var better = new ArrayList<>(ranking);
    int best = 0;
    for (int i = 1; i < better.size(); i++) {
      boolean higher =
          grades.getOrDefault(better.get(i), 0) > grades.getOrDefault(better.get(best), 0);
      best = higher ? i : best;
    }
    Collections.swap(better, 0, best);
    return new RetrievalMetrics(better, grades);
  }

  @Test
  void trecOrder_ties_fallToTheHigherIdByCodePoints() {
    var hits =
        new ArrayList<>(
            List.of(new Hit("a", 1), new Hit("😀", 1), new Hit("\uFFFD", 1), new Hit("z", 2)));
    hits.sort(Hit.TREC_ORDER);
    assertThat(hits).extracting(Hit::document).containsExactly("z", "😀", "\uFFFD", "a");
  }

  @Test
  void spearman_monotoneMap_isOneAndReversedMinusOne() {
    double[] x = {3, 1, 4, 1.5, 9};
    assertThat(Spearman.of(x, new double[] {30, 10, 400, 11, 5000})).isCloseTo(1, EXACT);
    assertThat(Spearman.of(x, new double[] {-3, -1, -4, -1.5, -9})).isCloseTo(-1, EXACT);
    assertThat(Spearman.of(x, new double[5])).isZero();
    assertThat(Spearman.ranks(new double[] {5, 1, 5, 0})).containsExactly(3.5, 2, 3.5, 1);
  }

  @Test
  void averagePrecision_handComputed_matches() {
    boolean[] labels = {true, false, true};
    assertThat(AveragePrecision.of(labels, new double[] {0.9, 0.8, 0.7}))
        .isCloseTo((1 + 2.0 / 3) / 2, EXACT);
    assertThat(AveragePrecision.of(new boolean[2], new double[2])).isZero();
  }

  @Test
  void bitextF1_answerTakenTwice_costsBoth() {
    // Sentences 0 and 1 are both answered with 0: class 0 has one true and one false answer.
    assertThat(BitextF1.perItem(new int[] {0, 0, 2})).containsExactly(2.0 / 3, 0, 1);
  }

  @Test
  void logisticRegression_twoClasses_hasOneRowAsScikitLearn() {
    // One feature ±1, one example each: the optimum of ½w² + 2·log(1 + e^{−w}) is w = 2/(1 + e^w).
    var model =
        LogisticRegression.fit(
            List.of(new float[] {-1}, new float[] {1}), new int[] {0, 1}, 2, 100);
    double w = model.coefficient(1, 0);
    assertThat(w).isCloseTo(2 / (1 + Math.exp(w)), within(1e-6));
    assertThat(model.coefficient(0, 0)).isZero();
    assertThat(model.probabilities(new float[] {0})[1]).isCloseTo(0.5, within(1e-9));
    assertThat(model.predict(new float[] {-0.1f})).isZero();
  }
}
