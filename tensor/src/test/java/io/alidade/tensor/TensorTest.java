package io.alidade.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class TensorTest {

  @Test
  void over_memory_seesWhatIsThere() {
    try (var _ = TensorScope.open();
        Arena arena = Arena.ofConfined()) {
      // The upper halves of 1 and -2.5 as float32.
      MemorySegment memory =
          arena.allocateFrom(ValueLayout.JAVA_SHORT, (short) 0x3F80, (short) 0xC020);
      Tensor tensor = Tensor.over(memory, DType.BFLOAT16, 1, 2);
      assertThat(tensor.to(DType.FLOAT32).toFloats()).containsExactly(1, -2.5f);
      memory.setAtIndex(ValueLayout.JAVA_SHORT, 0, (short) 0);
      assertThat(tensor.to(DType.FLOAT32).toFloats()).containsExactly(0, -2.5f);
    }
  }

  @Test
  void over_memoryThatDoesNotFit_isRefused() {
    Arena arena = Arena.ofShared();
    MemorySegment memory = arena.allocate(6);
    assertThatThrownBy(() -> Tensor.over(memory, DType.FLOAT16, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("6 bytes are not FLOAT16 of shape [2]");
    arena.close();
    assertThatThrownBy(() -> Tensor.over(memory, DType.FLOAT16, 3))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void allFinite_largeValues_areFiniteThoughTheirSumIsNot() {
    try (var _ = TensorScope.open()) {
      assertThat(Tensor.of(new float[] {3e38f, 3e38f}, 2).allFinite()).isTrue();
      assertThat(Tensor.of(new float[] {1, Float.NaN}, 2).allFinite()).isFalse();
      assertThat(
              Tensor.of(new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}, 2)
                  .allFinite())
          .isFalse();
    }
  }
}
