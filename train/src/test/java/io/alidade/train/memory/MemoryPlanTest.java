package io.alidade.train.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Hardware;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryPlanTest {
  private static final long GIB = 1L << 30;
  private static final MemoryNeed NEED = new MemoryNeed(GIB, 1 << 20);

  @TempDir Path folder;

  @Test
  void of_limit_isKeptByHeldAndChunkTogether() {
    MemoryPlan plan = MemoryPlan.of(8 * GIB, NEED, 128);
    long taken = plan.heldBytes() + plan.tokenBytes() * plan.chunkTokens();
    assertThat(taken).isBetween(6 * GIB, 8 * GIB);
    assertThat(plan.chunkTokens() % 64).isZero();
  }

  @Test
  void of_moreMemoryThanTokensCanBeCounted_isTheLargestNumber() {
    assertThat(MemoryPlan.of(Long.MAX_VALUE, new MemoryNeed(GIB, 1), 128).chunkTokens())
        .isGreaterThan(2_000_000_000);
  }

  @Test
  void of_tooLittleForATextAThread_saysHowMuchItTakes() {
    assertThatThrownBy(() -> MemoryPlan.of(GIB, NEED, 128))
        .isInstanceOf(UsageException.class)
        .hasMessage(
            "memory of 1.0 GiB is too little, a text of max_tokens for every thread takes about"
                + " 1.3 GiB; raise memory_gib, set recompute: true, or lower max_tokens");
  }

  @Test
  void limitBytes_nothingAsked_isAShareOfTheMachine() {
    assertThat(MemoryPlan.limitBytes(1.5)).isEqualTo(3 * GIB / 2);
    assertThat(MemoryPlan.limitBytes(0)).isBetween(1L, Hardware.current().memoryBytes());
  }

  @Test
  void read_whatWasWritten_isTheSame() throws IOException {
    assertThat(MemoryPlan.read(folder)).isEmpty();
    MemoryPlan plan = MemoryPlan.of(8 * GIB, NEED, 128);
    plan.write(folder);
    assertThat(MemoryPlan.read(folder)).contains(plan);

    Files.writeString(folder.resolve(MemoryPlan.FILE_NAME), "{\"limitBytes\": 1");
    assertThatThrownBy(() -> MemoryPlan.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(MemoryPlan.FILE_NAME);
  }
}
