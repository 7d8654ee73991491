package io.alidade.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class MachineChecksTest {
  @Test
  void openMp_unset_isFine() {
    assertThat(MachineChecks.openMp(Map.of()))
        .extracting(Check::status)
        .containsOnly(Check.Status.OK);
  }

  @Test
  void openMp_spinningThreads_warns() {
    assertThat(MachineChecks.openMp(Map.of("KMP_BLOCKTIME", "200", "GOMP_SPINCOUNT", "infinity")))
        .allSatisfy(check -> assertThat(check.detail()).endsWith("unset it"))
        .extracting(Check::status)
        .containsOnly(Check.Status.WARNING);
    assertThat(MachineChecks.openMp(Map.of("KMP_BLOCKTIME", "0")))
        .extracting(Check::status)
        .containsOnly(Check.Status.OK);
  }
}
