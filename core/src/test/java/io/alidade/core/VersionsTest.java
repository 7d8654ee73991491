package io.alidade.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionsTest {
  @Test
  void with_others_addsThemToOurs() {
    assertThat(Versions.with(Map.of("libtorch", "2.10.0")))
        .containsKeys("java", "os")
        .containsEntry("libtorch", "2.10.0")
        .hasEntrySatisfying("alidade", version -> assertThat(version).matches("[0-9]+\\..*"));
  }

  @Test
  void current_thisMachine_hasCores() {
    assertThat(Hardware.current().toMap()).containsKeys("processor", "cores", "memory_bytes");
    assertThat(Hardware.current().cores()).isPositive();
  }
}
