package io.alidade.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class InfoNceTest {
  private static final InfoNce LOSS = new InfoNce(0.05, true);

  @Test
  void compute_gradient_equalsFiniteDifferences() {
    try (var _ = TensorScope.open()) {
      Tensor queries = Tensor.normal(1, 0.3, DType.FLOAT64, 3, 5);
      Tensor candidates = Tensor.normal(2, 0.3, DType.FLOAT64, 6, 5);
      Objective.Loss loss = LOSS.compute(queries, candidates, relation());
      assertGradient(loss.queries(), queries, queries, candidates);
      assertGradient(loss.candidates(), candidates, queries, candidates);
    }
  }

  private static void assertGradient(
      Tensor gradient, Tensor moved, Tensor queries, Tensor candidates) {
    double[] expected = gradient.toDoubles();
    double step = 1e-6;
    Tensor flat = moved.view(moved.size(0) * moved.size(1));
    for (int i = 0; i < expected.length; i++) {
      flat.narrow(0, i, 1).add(step);
      double above = LOSS.compute(queries, candidates, relation()).value();
      flat.narrow(0, i, 1).add(-2 * step);
      double below = LOSS.compute(queries, candidates, relation()).value();
      flat.narrow(0, i, 1).add(step);
      assertThat(expected[i]).isCloseTo((above - below) / (2 * step), within(1e-7));
    }
  }

  @Test
  void compute_excludedCandidate_hasNoGradientFromThatQuery() {
    try (var _ = TensorScope.open()) {
      Tensor queries = Tensor.normal(1, 0.3, DType.FLOAT64, 3, 5);
      Tensor candidates = Tensor.normal(2, 0.3, DType.FLOAT64, 6, 5);
      double loss = LOSS.compute(queries, candidates, relation()).value();
      candidates.narrow(0, 5, 1).fill(100);
      double moved = LOSS.compute(queries.narrow(0, 0, 1), candidates, only(0)).value();
      candidates.narrow(0, 5, 1).fill(-100);
      assertThat(LOSS.compute(queries.narrow(0, 0, 1), candidates, only(0)).value())
          .isEqualTo(moved);
      assertThat(loss).isPositive();
    }
  }

  @Test
  void compute_veryCloseVectors_staysFinite() {
    try (var _ = TensorScope.open()) {
      Tensor same = Tensor.zeros(DType.FLOAT32, 2, 4).fill(0.5);
      var relation = new Relation(List.of(0, 1), List.of(new BitSet(), new BitSet()), 2);
      Objective.Loss loss = new InfoNce(0.001, true).compute(same, same, relation);
      assertThat(loss.value()).isCloseTo(Math.log(2), within(1e-5));
    }
  }

  /// The last candidate is excluded from the first query.
  private static Relation relation() {
    var excluded = new BitSet();
    excluded.set(5);
    return new Relation(List.of(0, 1, 2), List.of(excluded, new BitSet(), new BitSet()), 6);
  }

  private static Relation only(int query) {
    return new Relation(
        List.of(relation().positives().get(query)), List.of(relation().excluded().get(query)), 6);
  }
}
