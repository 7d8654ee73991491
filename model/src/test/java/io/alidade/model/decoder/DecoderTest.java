package io.alidade.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecoderTest {
  private static final double EXACT = 1e-12;

  @Test
  void lastStates_packedWithSharedPrefix_equalThoseAlone() {
    List<int[]> sequences = TinyDecoders.sequences(7);
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(1, DType.FLOAT64)) {
      PackedTokens packed = PackedTokens.of(sequences);
      int total = sequences.stream().mapToInt(s -> s.length).sum();
      assertThat(packed.rows()).isLessThan(total - 25);
      Tensor together = decoder.lastStates(packed);
      Tensor unshared = decoder.lastStates(PackedTokens.withoutSharing(sequences));
      for (int i = 0; i < sequences.size(); i++) {
        Tensor alone = decoder.lastStates(PackedTokens.of(List.of(sequences.get(i))));
        assertClose(together.narrow(0, i, 1), alone, EXACT);
        assertClose(unshared.narrow(0, i, 1), alone, EXACT);
      }
    }
  }

  @Test
  void allStates_lastRows_equalLastStates() {
    List<int[]> sequences = TinyDecoders.sequences(8);
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(2, DType.FLOAT64)) {
      PackedTokens packed = PackedTokens.of(sequences);
      Tensor all = decoder.allStates(packed);
      Tensor last = decoder.lastStates(packed);
      for (int i = 0; i < sequences.size(); i++) {
        assertClose(all.narrow(0, packed.lastRows()[i], 1), last.narrow(0, i, 1), EXACT);
      }
    }
  }

  @Test
  void train_output_equalsMergedWeights() {
    List<int[]> sequences = TinyDecoders.sequences(9);
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(3, DType.FLOAT64);
        LoraAdapter lora = TinyDecoders.adapter(4, DType.FLOAT64, 0)) {
      PackedTokens packed = PackedTokens.of(sequences);
      Tensor base = decoder.lastStates(packed);
      Tensor adapted;
      try (TrainingPass pass = decoder.train(packed, lora, 0)) {
        adapted = pass.output();
        assertThat(adapted.minus(base).norm()).isGreaterThan(0.1);
      }
      decoder.merge(lora);
      assertClose(decoder.lastStates(packed), adapted, 1e-11);
    }
  }

  @Test
  void backward_sharedAndUnshared_giveTheSameGradient() {
    List<int[]> sequences = TinyDecoders.sequences(10);
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(5, DType.FLOAT64)) {
      double[] shared = gradient(decoder, PackedTokens.of(sequences), 0);
      double[] unshared = gradient(decoder, PackedTokens.withoutSharing(sequences), 0);
      assertThat(shared).containsExactly(unshared, within(1e-11));
    }
  }

  @Test
  void backward_withDropout_isTheGradientOfTheSameMasks() {
    assertGradientEqualsFiniteDifferences(0.2);
  }

  @Test
  void backward_withoutDropout_equalsFiniteDifferences() {
    assertGradientEqualsFiniteDifferences(0);
  }

  private static void assertGradientEqualsFiniteDifferences(double dropout) {
    PackedTokens packed =
        dropout > 0
            ? PackedTokens.withoutSharing(TinyDecoders.sequences(11))
            : PackedTokens.of(TinyDecoders.sequences(11));
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(6, DType.FLOAT64);
        LoraAdapter lora = TinyDecoders.adapter(12, DType.FLOAT64, dropout)) {
      double[] gradient = gradient(decoder, lora, packed);
      double step = 1e-5;
      for (int i = 0; i < gradient.length; i += 41) {
        Tensor parameter = lora.parameters().narrow(0, i, 1);
        parameter.add(step);
        double above = objective(decoder, lora, packed);
        parameter.add(-2 * step);
        double below = objective(decoder, lora, packed);
        parameter.add(step);
        assertThat(gradient[i])
            .as("parameter %d", i)
            .isCloseTo((above - below) / (2 * step), within(1e-7));
      }
    }
  }

  /// A fixed random direction, so that the objective is the output's product with it.
  private static Tensor direction(PackedTokens packed) {
    return Tensor.normal(13, 1, DType.FLOAT64, packed.sequences(), TinyDecoders.CONFIG.hidden());
  }

  private static double objective(Decoder decoder, LoraAdapter lora, PackedTokens packed) {
    try (var _ = TensorScope.open();
        TrainingPass pass = decoder.train(packed, lora, 99)) {
      return pass.output().times(direction(packed)).sum();
    }
  }

  private static double[] gradient(Decoder decoder, PackedTokens packed, double dropout) {
    try (LoraAdapter lora = TinyDecoders.adapter(12, DType.FLOAT64, dropout)) {
      return gradient(decoder, lora, packed);
    }
  }

  private static double[] gradient(Decoder decoder, LoraAdapter lora, PackedTokens packed) {
    try (var _ = TensorScope.open();
        TrainingPass pass = decoder.train(packed, lora, 99)) {
      pass.backward(direction(packed));
      return lora.gradients().toDoubles();
    }
  }

  private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), within(tolerance));
  }
}
