package io.alidade.model.transformer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationTest {
  private static final double STEP = 1e-6;

  /// None of them at 0, where RELU has no derivative.
  private static Tensor inputs() {
    return Tensor.of(new double[] {-3.5, -1.2, -0.3, 0.2, 0.9, 2.4}, 6);
  }

  /// Values at 1, of torch.nn.functional.
  @ParameterizedTest
  @CsvSource({
    "SILU, 0.7310585786300049",
    "GELU_TANH, 0.8411919906082768",
    "GELU, 0.8413447460685429",
    "RELU, 1"
  })
  void apply_one_equalsPyTorch(Activation activation, double expected) {
    try (var _ = TensorScope.open()) {
      double[] value = activation.apply(Tensor.of(new double[] {1}, 1)).toDoubles();
      assertThat(value).containsExactly(new double[] {expected}, within(1e-15));
    }
  }

  @ParameterizedTest
  @EnumSource
  void backward_equalsFiniteDifferences(Activation activation) {
    try (var _ = TensorScope.open()) {
      Tensor gradient = Tensor.of(new double[] {1, 2, -1, 0.5, 3, 1}, 6);
      Tensor result = Tensor.empty(DType.FLOAT64, 6);
      activation.backward(gradient, inputs(), result);
      Tensor above = activation.apply(inputs().add(STEP));
      Tensor below = activation.apply(inputs().add(-STEP));
      Tensor expected = above.minus(below).times(1 / (2 * STEP)).times(gradient);
      assertThat(result.toDoubles()).containsExactly(expected.toDoubles(), within(1e-8));
    }
  }
}
