package io.alidade.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class OptimizerConfigTest {
  private static final OptimizerConfig CONFIG =
      new OptimizerConfig(1e-3, Schedule.LINEAR, 0.1, 10, 0, 0.9, 0.999, 1e-8, 1.0);

  @Test
  void learningRateAt_warmup_risesToThePeak() {
    assertThat(CONFIG.learningRateAt(0, 100)).isCloseTo(1e-4, within(1e-12));
    assertThat(CONFIG.learningRateAt(9, 100)).isCloseTo(1e-3, within(1e-12));
  }

  @Test
  void learningRateAt_afterWarmup_fallsTowardsZero() {
    double previous = CONFIG.learningRateAt(10, 100);
    assertThat(previous).isCloseTo(1e-3, within(1e-12));
    for (int step = 11; step < 100; step++) {
      double next = CONFIG.learningRateAt(step, 100);
      assertThat(next).isLessThan(previous).isPositive();
      previous = next;
    }
  }

  @Test
  void defaults_areThePapers() {
    OptimizerConfig defaults = OptimizerConfig.defaults();
    assertThat(defaults.learningRate()).isEqualTo(1e-4);
    assertThat(defaults.warmupSteps()).isEqualTo(100);
    assertThat(defaults.weightDecay()).isEqualTo(0.1);
  }

  @Test
  void constructor_learningRateOfZero_namesTheKey() {
    assertThatThrownBy(
            () -> new OptimizerConfig(0, Schedule.LINEAR, 0.1, 0, 0, 0.9, 0.999, 1e-8, 1))
        .hasMessageStartingWith("learningRate must be above 0");
  }
}
