package io.alidade.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MatrixSpeedTest {
  @Test
  void operationsPerSecond_anyMachine_isThatOfAProcessor() {
    assertThat(MatrixSpeed.operationsPerSecond()).isBetween(1e8, 1e15);
  }
}
