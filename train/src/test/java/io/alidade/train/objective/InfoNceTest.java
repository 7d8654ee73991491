package io.alidade.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.Annotation;
import io.alidade.core.TextInput;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.train.objective.Relation.Source;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class InfoNceTest {
  private static final List<Direction> ALL = List.of(Direction.values());

  @Test
  void compute_knownPositive_movesNothingOfThatQuery() {
    // The second query's negative is the first query's positive.
    Relation relation = relation(List.of("a", "b"), List.of("A", "B", "n", "A"));
    try (var _ = TensorScope.open()) {
      Tensor queries = Tensor.normal(1, 0.3, DType.FLOAT64, 2, 5);
      queries.narrow(0, 1, 1).fill(0);
      Vectors vectors = Vectors.of(queries, Tensor.normal(2, 0.3, DType.FLOAT64, 4, 5));
      InfoNce loss = new InfoNce(0.05, true);
      double before = loss.compute(vectors, relation).value();
      vectors.candidates().narrow(0, 3, 1).fill(100);
      assertThat(loss.compute(vectors, relation).value()).isEqualTo(before);
    }
  }

  @Test
  void compute_withoutInBatchNegatives_isOfOwnNegativesOnly() {
    Relation relation = relation(List.of("a", "b"), List.of("A", "B", "n", "m"));
    try (var _ = TensorScope.open()) {
      Tensor same = Tensor.zeros(DType.FLOAT64, 4, 3).fill(0.5);
      Vectors vectors = Vectors.of(same.narrow(0, 0, 2), same);
      assertThat(new InfoNce(0.05, false).compute(vectors, relation).value())
          .isCloseTo(Math.log(2), within(1e-12));
      assertThat(new InfoNce(0.05, true).compute(vectors, relation).value())
          .isCloseTo(Math.log(4), within(1e-12));
    }
  }

  /// The second of three examples keeps to its own negative, and the others do without its texts.
  @Test
  void compute_exampleWithoutInBatchNegatives_isTheLossOverFewerCandidates() {
    Relation all = relation(List.of("a", "b", "c"), List.of("A", "B", "C", "n", "m", "o"));
    var flagged =
        new Relation(
            all.queries(), all.candidates(), all.annotations(), List.of(true, false, true));
    int[][] candidates = {{0, 2, 3, 5}, {1, 4}, {0, 2, 3, 5}};
    try (var _ = TensorScope.open()) {
      Vectors vectors =
          Vectors.of(
              Tensor.normal(1, 0.3, DType.FLOAT64, 3, 5),
              Tensor.normal(2, 0.3, DType.FLOAT64, 6, 5));
      double[] scores = vectors.queries().matmul(vectors.candidates().t()).toDoubles();
      double expected = 0;
      for (int i = 0; i < candidates.length; i++) {
        int row = 6 * i;
        double sum =
            Arrays.stream(candidates[i]).mapToDouble(j -> Math.exp(scores[row + j] / 0.5)).sum();
        expected -= Math.log(Math.exp(scores[row + i] / 0.5) / sum) / candidates.length;
      }
      Objective.Loss loss = new InfoNce(0.5, true).compute(vectors, flagged);
      assertThat(loss.value()).isCloseTo(expected, within(1e-12));
      // Nothing of the other examples reaches it, so its query has no gradient from theirs.
      InfoNce alone = new InfoNce(0.5, false);
      assertThat(loss.gradient().queries().narrow(0, 1, 1).toDoubles())
          .containsExactly(
              alone.compute(vectors, all).gradient().queries().narrow(0, 1, 1).toDoubles(),
              within(1e-12));
      assertThat(new InfoNce(0.5, true).compute(vectors, all).value())
          .isGreaterThan(expected + 0.1);
    }
  }

  /// In all four directions the flag is the same as a batch of each kind of examples by itself.
  @Test
  void compute_allDirectionsWithFlags_isThatOfTheExamplesByThemselves() {
    Relation all = relation(List.of("a", "b", "c"), List.of("A", "B", "C"));
    var flagged =
        new Relation(
            all.queries(), all.candidates(), all.annotations(), List.of(true, true, false));
    InfoNce loss = new InfoNce(0.5, true, ALL, FalseNegatives.defaults());
    try (var _ = TensorScope.open()) {
      Tensor queries = Tensor.normal(1, 0.3, DType.FLOAT64, 3, 5);
      Tensor documents = Tensor.normal(2, 0.3, DType.FLOAT64, 3, 5);
      double two =
          loss.compute(
                  Vectors.of(queries.narrow(0, 0, 2), documents.narrow(0, 0, 2)),
                  relation(List.of("a", "b"), List.of("A", "B")))
              .value();
      double one =
          loss.compute(
                  Vectors.of(queries.narrow(0, 2, 1), documents.narrow(0, 2, 1)),
                  relation(List.of("c"), List.of("C")))
              .value();
      assertThat(loss.compute(Vectors.of(queries, documents), flagged).value())
          .isCloseTo((2 * two + one) / 3, within(1e-12));
    }
  }

  @Test
  void compute_veryCloseVectors_staysFinite() {
    try (var _ = TensorScope.open()) {
      Tensor same = Tensor.zeros(DType.FLOAT32, 2, 4).fill(0.5);
      Relation relation = relation(List.of("a", "b"), List.of("A", "B"));
      Objective.Loss loss = new InfoNce(0.001, true).compute(Vectors.of(same, same), relation);
      assertThat(loss.value()).isCloseTo(Math.log(2), within(1e-5));
    }
  }

  @Test
  void compute_marginOfScores_leavesOutWhatScoresAboveThePositive() {
    Relation relation = relation(List.of("a", "b"), List.of("A", "B"));
    try (var _ = TensorScope.open()) {
      // The first query is nearer to the second's positive than to its own.
      Vectors vectors =
          Vectors.of(
              Tensor.of(new double[] {1, 0, 0, 1}, 2, 2),
              Tensor.of(new double[] {0.6, 0.8, 0.8, 0.6}, 2, 2));
      assertThat(withMargin(0.1).compute(vectors, relation).value()).isEqualTo(0);
      assertThat(withMargin(0.3).compute(vectors, relation).value()).isGreaterThan(0.7);
    }
  }

  private static InfoNce withMargin(double margin) {
    return new InfoNce(
        1, true, List.of(Direction.QUERY_TO_DOCUMENT), new FalseNegatives(true, true, margin));
  }

  /// Which texts each direction takes as negatives of the first pair, query `a` and document `A`.
  @Test
  void excludes_eachDirection_isOfWhatBelongsTogether() {
    // Rows: the same query with another positive, a query that shares the positive, an other one.
    Relation relation =
        relation(List.of("a", "a", "b", "c"), List.of("A", "B", "A", "C", "D", "B"));
    var known = new KnownPositives(relation, FalseNegatives.defaults());
    assertThat(kept(known, Direction.QUERY_TO_DOCUMENT, 6)).containsExactly(0, 3, 4);
    assertThat(kept(known, Direction.QUERY_TO_QUERY, 4)).containsExactly(3);
    assertThat(kept(known, Direction.DOCUMENT_TO_QUERY, 4)).containsExactly(0, 3);
    // The fifth is the first pair's own negative.
    assertThat(kept(known, Direction.DOCUMENT_TO_DOCUMENT, 6)).containsExactly(3);
    var none = new KnownPositives(relation, new FalseNegatives(false, false, 2));
    assertThat(kept(none, Direction.QUERY_TO_DOCUMENT, 6)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(kept(none, Direction.QUERY_TO_QUERY, 4)).containsExactly(1, 2, 3);
  }

  private static List<Integer> kept(KnownPositives known, Direction direction, int width) {
    var kept = new ArrayList<Integer>();
    for (int i = 0; i < width; i++) {
      if (!known.excludes(direction, 0, i)) {
        kept.add(i);
      }
    }
    return kept;
  }

  @Test
  void constructor_settingsThatCannotBe_nameTheKey() {
    FalseNegatives usual = FalseNegatives.defaults();
    assertThatThrownBy(() -> new InfoNce(0, true))
        .hasMessage("temperature must be above 0, is 0.0");
    assertThatThrownBy(() -> new InfoNce(1, false, ALL, usual))
        .hasMessageStartingWith("directions beside query-to-document are in-batch negatives");
    assertThatThrownBy(() -> new InfoNce(1, true, List.of(Direction.QUERY_TO_QUERY), usual))
        .hasMessageStartingWith("directions must hold query-to-document");
    assertThatThrownBy(() -> new FalseNegatives(true, true, 3))
        .hasMessage("margin must be in [-2, 2], is 3.0");
    assertThat(new InfoNce(1, true, ALL.reversed(), usual).directions()).isEqualTo(ALL);
  }

  /// @param texts the positives, then negatives of the queries in turn
  private static Relation relation(List<String> queries, List<String> texts) {
    var asked = new ArrayList<Source>();
    var candidates = new ArrayList<Source>();
    queries.forEach(text -> asked.add(new Source(asked.size(), TextInput.query("", text), "")));
    for (String text : texts) {
      int example = candidates.size() % queries.size();
      candidates.add(new Source(example, TextInput.document(text), ""));
    }
    return new Relation(asked, candidates, Collections.nCopies(queries.size(), Annotation.NONE));
  }
}
