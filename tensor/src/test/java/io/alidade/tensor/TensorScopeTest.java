package io.alidade.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class TensorScopeTest {
  private static final int MEGABYTE_FLOATS = 1 << 18;

  @Test
  void scope_closed_freesWhatWasComputed() {
    long before = rssAfter(10);
    long after = rssAfter(400);
    assertThat(after - before).isLessThan(100L << 20);
  }

  private static long rssAfter(int steps) {
    for (int i = 0; i < steps; i++) {
      try (var _ = TensorScope.open()) {
        Tensor a = Tensor.zeros(DType.FLOAT32, MEGABYTE_FLOATS);
        a.plus(a).times(2.0);
      }
    }
    return Pointer.physicalBytes();
  }

  @Test
  void keep_inNestedScope_outlivesTheInnerOne() {
    try (var _ = TensorScope.open()) {
      Tensor kept;
      try (var inner = TensorScope.open()) {
        kept = inner.keep(Tensor.of(new float[] {1, 2}, 2).plus(Tensor.of(new float[] {3, 4}, 2)));
      }
      assertThat(kept.toFloats()).containsExactly(4f, 6f);
    }
  }

  @Test
  void release_thenClose_freesTheMemory() {
    for (int round = 0; round < 2; round++) {
      long before = Pointer.physicalBytes();
      for (int i = 0; i < 300; i++) {
        Tensor owned;
        try (var scope = TensorScope.open()) {
          owned = scope.release(Tensor.zeros(DType.FLOAT32, MEGABYTE_FLOATS).plus(zeros()));
        }
        assertThat(owned.size(0)).isEqualTo(MEGABYTE_FLOATS);
        owned.close();
      }
      if (round > 0) {
        assertThat(Pointer.physicalBytes() - before).isLessThan(100L << 20);
      }
    }
  }

  private static Tensor zeros() {
    return Tensor.zeros(DType.FLOAT32, MEGABYTE_FLOATS);
  }

  @Test
  void close_ofTensorOutsideAnyScope_freesTheMemory() {
    for (int round = 0; round < 2; round++) {
      long before = Pointer.physicalBytes();
      for (int i = 0; i < 300; i++) {
        Tensor owned = zeros();
        owned.fill(1);
        owned.close();
      }
      if (round > 0) {
        assertThat(Pointer.physicalBytes() - before).isLessThan(100L << 20);
      }
    }
  }
}
