package io.alidade.model.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.merge.Combination.Average;
import io.alidade.model.merge.Combination.Slerp;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CombinationTest {
  private static float[] combine(Combination combination, float[]... tensors) {
    try (var _ = TensorScope.open()) {
      return combination
          .of(
              java.util.Arrays.stream(tensors)
                  .map(values -> Tensor.of(values, values.length))
                  .toList())
          .toFloats();
    }
  }

  private static float[] values(double... values) {
    var floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @Test
  void average_weights_areShares() {
    var average = new Average(List.of(1.0, 3.0, 0.0));
    assertThat(combine(average, values(4, 0), values(0, 8), values(99, 99))).containsExactly(1, 6);
  }

  @Test
  void average_weightsThatAreNone_areRefused() {
    assertThatThrownBy(() -> new Average(List.of(1.0, -1.0))).hasMessageContaining("at least 0");
    assertThatThrownBy(() -> new Average(List.of(0.0, 0.0))).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Average(List.of(1.0))).hasMessageContaining("two or more");
    assertThatThrownBy(() -> new Slerp(1.1)).hasMessageContaining("[0, 1]");
  }

  /// On a circle of radius 2: 30 of 90 degrees.
  @Test
  void slerp_rightAngle_staysOnTheCircle() {
    assertThat(combine(new Slerp(1 / 3.0), values(2, 0), values(0, 2)))
        .containsExactly(values(Math.sqrt(3), 1), within(1e-6f));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-3, 1e-5, 0.5, 3})
  void slerp_anyAngle_turnsByItsShare(double angle) {
    float[] turned =
        combine(new Slerp(0.25), values(1, 0), values(Math.cos(angle), Math.sin(angle)));
    assertThat(turned)
        .containsExactly(values(Math.cos(angle / 4), Math.sin(angle / 4)), within(1e-6f));
  }

  @Test
  void slerp_ends_areTheModels() {
    float[] first = values(0.5, -2, 3);
    float[] second = values(1, 1, 0);
    assertThat(combine(new Slerp(0), first, second)).containsExactly(first, within(1e-6f));
    assertThat(combine(new Slerp(1), first, second)).containsExactly(second, within(1e-6f));
  }

  @Test
  void slerp_noArc_isTheStraightLine() {
    assertThat(combine(new Slerp(0.25), values(1, 2), values(3, 6)))
        .containsExactly(values(1.5, 3), within(1e-6f));
    assertThat(combine(new Slerp(0.25), values(0, 0), values(4, 8))).containsExactly(1, 2);
    assertThat(combine(new Slerp(0.25), values(1, 2), values(-1, -2)))
        .containsExactly(values(0.5, 1), within(1e-6f));
  }
}
