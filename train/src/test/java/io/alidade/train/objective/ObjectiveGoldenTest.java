package io.alidade.train.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Losses and gradients equal sentence-transformers' and plain PyTorch's; golden made by
/// `testkit/scripts/golden_objectives.py`.
class ObjectiveGoldenTest {
  static List<String> cases() {
    return GoldenBatch.cases();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void compute_float64_equalsTheReference(String name) {
    assertGolden(name, DType.FLOAT64, 1e-9);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void compute_float32_equalsTheReference(String name) {
    assertGolden(name, DType.FLOAT32, 1e-4);
  }

  private static void assertGolden(String name, DType dtype, double tolerance) {
    JsonNode expected = GoldenBatch.GOLDEN.get("cases").get(name);
    // The other cases are of texts that have nothing in common.
    boolean known = name.equals("info-nce, known positives");
    Relation relation = known ? GoldenBatch.relation() : GoldenBatch.unrelated();
    try (var _ = TensorScope.open()) {
      Vectors raw = GoldenBatch.raw(dtype);
      Vectors unit = GoldenBatch.normalized(raw);
      Objective.Loss loss = GoldenBatch.objective(name).compute(unit, relation);
      double value = expected.get("loss").doubleValue();
      assertThat(loss.value()).isCloseTo(value, within(tolerance * value));
      Vectors gradient = loss.gradient();
      assertRows(
          throughNorm(gradient.queries(), unit.queries(), raw.queries()),
          expected.get("queries"),
          tolerance);
      assertRows(
          throughNorm(gradient.candidates(), unit.candidates(), raw.candidates()),
          expected.get("candidates"),
          tolerance);
      if (expected.has("classifier")) {
        assertRows(gradient.classifier().orElseThrow(), expected.get("classifier"), tolerance);
      }
    }
  }

  /// From the gradient by vectors of length 1 to that by the vectors before.
  private static Tensor throughNorm(Tensor gradient, Tensor unit, Tensor raw) {
    Tensor along = gradient.times(unit).sumLast();
    return gradient.minus(unit.times(along)).times(raw.norms().inverse());
  }

  private static void assertRows(Tensor actual, JsonNode rows, double tolerance) {
    double[] expected = GoldenBatch.numbers(rows);
    double[] values = actual.toDoubles();
    double largest = 0;
    for (double number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    assertThat(largest).isPositive();
    assertThat(values).containsExactly(expected, within(tolerance * largest));
  }
}
