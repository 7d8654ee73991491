package io.alidade.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/// Golden made by `testkit/scripts/golden_optimizer.py`.
class OptimizerGoldenTest {
  private static final JsonNode GOLDEN = Golden.json("optimizer/optimizer.json");
  private static final int STEPS = GOLDEN.get("steps").intValue();
  private static final int WARMUP = GOLDEN.get("warmup").intValue();

  /// transformers' first step is at learning rate 0, which trains nothing; ours is at its second
  /// one's. From the peak on both are the same.
  @ParameterizedTest
  @EnumSource(Schedule.class)
  void learningRateAt_everyStep_equalsTransformers(Schedule schedule) {
    JsonNode expected = GOLDEN.get("schedules").get(schedule.name().toLowerCase(Locale.ROOT));
    for (OptimizerConfig config :
        List.of(config(schedule, WARMUP, 0, 0), config(schedule, 0, (double) WARMUP / STEPS, 0))) {
      for (int step = 0; step < STEPS; step++) {
        double rate = expected.get(step < WARMUP ? step + 1 : step).doubleValue();
        assertThat(config.learningRateAt(step, STEPS)).isCloseTo(rate, within(1e-12));
      }
    }
  }

  private static OptimizerConfig config(
      Schedule schedule, int warmupSteps, double warmupShare, double most) {
    return new OptimizerConfig(1, schedule, 0.1, warmupSteps, warmupShare, 0.9, 0.999, 1e-8, most);
  }

  @ParameterizedTest
  @CsvSource({"1.0", "100.0"})
  void clip_gradients_equalsPyTorch(String most) {
    try (var _ = TensorScope.open();
        AdamW optimizer =
            new AdamW(
                config(Schedule.LINEAR, 0, 0, Double.parseDouble(most)), vectors("initial"))) {
      List<Tensor> gradients = vectors("gradients");
      assertThat(optimizer.clip(gradients))
          .isCloseTo(GOLDEN.get("norm").doubleValue(), within(1e-12));
      assertVectors(gradients, GOLDEN.get("clipped").get(most));
    }
  }

  @Test
  void step_vectorWithoutDecay_equalsPyTorchsParameterGroups() {
    try (var _ = TensorScope.open()) {
      List<Tensor> values = vectors("initial");
      try (AdamW optimizer =
          new AdamW(config(Schedule.CONSTANT, 0, 0, 0), values, List.of(values.getFirst()))) {
        for (int step = 0; step < 3; step++) {
          double scale = 1.0 + step;
          List<Tensor> gradients =
              vectors("gradients").stream().map(vector -> vector.times(scale)).toList();
          optimizer.step(gradients, step, 0.01);
        }
      }
      assertVectors(values, GOLDEN.get("after3"));
    }
  }

  private static List<Tensor> vectors(String name) {
    return GOLDEN.get(name).valueStream().map(OptimizerGoldenTest::vector).toList();
  }

  private static Tensor vector(JsonNode numbers) {
    double[] values = numbers.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
    return Tensor.of(values, values.length);
  }

  private static void assertVectors(List<Tensor> actual, JsonNode expected) {
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i).toDoubles())
          .containsExactly(vector(expected.get(i)).toDoubles(), within(1e-12));
    }
  }
}
