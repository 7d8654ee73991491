package io.alidade.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every objective's gradient is that of its own loss, by central differences.
class ObjectiveGradientTest {
  private static final double STEP = 1e-6;

  static List<String> cases() {
    return GoldenBatch.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void compute_gradient_equalsFiniteDifferences(String name) {
    assertGradient(name, GoldenBatch.relation());
  }

  /// With every other example keeping its negatives to itself.
  @ParameterizedTest
  @MethodSource("cases")
  void compute_gradientWithoutSomeInBatchNegatives_equalsFiniteDifferences(String name) {
    Relation all = GoldenBatch.relation();
    List<Boolean> flags =
        IntStream.range(0, all.queries().size()).mapToObj(i -> i % 2 == 0).toList();
    assertGradient(name, new Relation(all.queries(), all.candidates(), all.annotations(), flags));
  }

  private static void assertGradient(String name, Relation relation) {
    Objective objective = GoldenBatch.objective(name);
    try (var _ = TensorScope.open()) {
      Vectors vectors = GoldenBatch.normalized(GoldenBatch.raw(DType.FLOAT64));
      Vectors gradient = objective.compute(vectors, relation).gradient();
      List<Tensor> gradients = all(gradient);
      List<Tensor> moved = all(vectors);
      for (int i = 0; i < moved.size(); i++) {
        assertGradient(objective, vectors, relation, moved.get(i), gradients.get(i).toDoubles());
      }
    }
  }

  private static List<Tensor> all(Vectors vectors) {
    var all = new ArrayList<>(List.of(vectors.queries(), vectors.candidates()));
    vectors.classifier().ifPresent(all::add);
    return all;
  }

  private static void assertGradient(
      Objective objective, Vectors at, Relation relation, Tensor moved, double[] expected) {
    Tensor flat = moved.view(expected.length);
    for (int i = 0; i < expected.length; i++) {
      try (var _ = TensorScope.open()) {
        flat.narrow(0, i, 1).add(STEP);
        double above = objective.compute(at, relation).value();
        flat.narrow(0, i, 1).add(-2 * STEP);
        double below = objective.compute(at, relation).value();
        flat.narrow(0, i, 1).add(STEP);
        double slope = (above - below) / (2 * STEP);
        assertThat(expected[i]).isCloseTo(slope, within(1e-6 * Math.max(1, Math.abs(slope))));
      }
    }
  }
}
