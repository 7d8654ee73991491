package io.alidade.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HardwareTest {
  @Test
  void describe_oneAndMoreCores_namesThemRightly() {
    assertThat(new Hardware("AMD EPYC", 1, 24L << 30).describe())
        .isEqualTo("AMD EPYC, 1 core, 24 GiB");
    assertThat(new Hardware("AMD EPYC", 16, 0).describe()).isEqualTo("AMD EPYC, 16 cores, 0 GiB");
  }

  @Test
  void current_thisMachine_hasCores() {
    assertThat(Hardware.current().cores()).isPositive();
  }
}
