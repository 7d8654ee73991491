package io.alidade.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.head.PooledPass;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.VectorHead;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.lora.LoraTargets;
import io.alidade.model.transformer.GradientOrder;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.tensor.DType;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
      try (TrainingPass pass = decoder.trainLast(packed, lora, 0)) {
        adapted = pass.output();
        assertThat(adapted.minus(base).norm()).isGreaterThan(0.1);
      }
      decoder.merge(lora);
      assertClose(decoder.lastStates(packed), adapted, 1e-11);
    }
  }

  /// An adapter of all layers whose values are zero in the lowest ones is the same function.
  @ParameterizedTest
  @EnumSource(names = {"LAST_TOKEN", "MEAN"})
  void backward_ofUpperLayers_isThatPartOfTheWholeGradient(Pooling pooling) {
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(5, DType.FLOAT64);
        LoraAdapter upper = TinyDecoders.adapter(new LoraConfig(3, 6, 0, 1), 12, DType.FLOAT64);
        LoraAdapter whole =
            LoraAdapter.of(
                new LoraConfig(3, 6, 0),
                LinearMaps.of(TinyDecoders.CONFIG),
                DType.FLOAT64,
                upper.matrices())) {
      PackedTokens packed = PackedTokens.of(TinyDecoders.sequences(10));
      gradient(decoder, pooling, upper, packed);
      gradient(decoder, pooling, whole, packed);
      Map<String, LoraAdapter.Matrices> expected = whole.gradientMatrices();
      assertThat(upper.gradientMatrices()).hasSize(expected.size() * 2 / 3);
      upper
          .gradientMatrices()
          .forEach(
              (name, actual) -> {
                assertThat(name).doesNotStartWith("layers.0.");
                LoraAdapter.Matrices wanted = Objects.requireNonNull(expected.get(name), name);
                assertClose(actual.a(), wanted.a(), EXACT);
                assertClose(actual.b(), wanted.b(), EXACT);
              });
      try (TrainingPass pass = decoder.trainLast(packed, upper, 0)) {
        decoder.merge(upper);
        assertClose(decoder.lastStates(packed), pass.output(), 1e-11);
      }
    }
  }

  /// An adapter of all maps whose values are zero in the others is the same function.
  @ParameterizedTest
  @CsvSource({
    "LAST_TOKEN, q",
    "LAST_TOKEN, v down",
    "MEAN, k gate",
    "MEAN, self_attn.o_proj up_proj"
  })
  void backward_ofSomeMaps_isThatPartOfTheWholeGradient(Pooling pooling, String targets) {
    LoraConfig config = targets(targets.split(" ", -1));
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(5, DType.FLOAT64);
        LoraAdapter some = TinyDecoders.adapter(config, 12, DType.FLOAT64);
        LoraAdapter whole =
            LoraAdapter.of(
                new LoraConfig(3, 6 * Math.sqrt(3), 0),
                LinearMaps.of(TinyDecoders.CONFIG),
                DType.FLOAT64,
                some.matrices())) {
      PackedTokens packed = PackedTokens.of(TinyDecoders.sequences(10));
      gradient(decoder, pooling, some, packed);
      gradient(decoder, pooling, whole, packed);
      Map<String, LoraAdapter.Matrices> expected = whole.gradientMatrices();
      assertThat(some.gradientMatrices()).hasSize(3 * config.targets().names().size());
      some.gradientMatrices()
          .forEach(
              (name, actual) -> {
                LoraAdapter.Matrices wanted = Objects.requireNonNull(expected.get(name), name);
                assertThat(wanted.a().norm()).isPositive();
                assertClose(actual.a(), wanted.a(), 1e-11);
                assertClose(actual.b(), wanted.b(), 1e-11);
              });
      try (TrainingPass pass = decoder.trainLast(packed, some, 0)) {
        decoder.merge(some);
        assertClose(decoder.lastStates(packed), pass.output(), 1e-11);
      }
    }
  }

  /// With rank stabilised, so that alpha is that of no other adapter.
  private static LoraConfig targets(String... names) {
    return new LoraConfig(3, 6, 0, 0, new LoraTargets(List.of(names)), true);
  }

  @Test
  void train_recomputing_keepsNothingOfALayerButItsInput() {
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(5, DType.FLOAT32);
        LoraAdapter lora = TinyDecoders.adapter(12, DType.FLOAT32, 0)) {
      long everything = openAfterForward(decoder, lora, false);
      long atLeastOfALayer = 8;
      assertThat(openAfterForward(decoder, lora, true))
          .isLessThan(everything - decoder.config().layers() * atLeastOfALayer);
    }
  }

  private static long openAfterForward(Decoder decoder, LoraAdapter lora, boolean recompute) {
    var settings = new PassSettings(OptionalLong.of(0), recompute, GradientOrder.Turn.ANY);
    PackedTokens packed = PackedTokens.of(TinyDecoders.sequences(10));
    long before = LibTorch.openObjects();
    try (var _ = TensorScope.open();
        var _ = decoder.trainAll(packed, lora, settings)) {
      return LibTorch.openObjects() - before;
    }
  }

  @Test
  void initial_unknownTarget_isRefusedWithThoseAllowed() {
    assertThatThrownBy(() -> TinyDecoders.adapter(targets("q", "query"), 12, DType.FLOAT64).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "targets has \"query\", which is none of q, k, v, o, gate, up, down, self_attn.q_proj,"
                + " self_attn.k_proj, self_attn.v_proj, self_attn.o_proj, mlp.gate_proj,"
                + " mlp.up_proj, mlp.down_proj");
  }

  @Test
  void initial_noLayerLeft_isRefused() {
    assertThatThrownBy(
            () -> TinyDecoders.adapter(new LoraConfig(3, 6, 0, 3), 12, DType.FLOAT64).close())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("firstLayer must be below the number of layers, 3, is 3");
  }

  @Test
  void backward_sharedAndUnshared_giveTheSameGradient() {
    List<int[]> sequences = TinyDecoders.sequences(10);
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(5, DType.FLOAT64)) {
      double[] shared = gradient(decoder, PackedTokens.of(sequences));
      double[] unshared = gradient(decoder, PackedTokens.withoutSharing(sequences));
      assertThat(shared).containsExactly(unshared, within(1e-11));
    }
  }

  @Test
  void backward_withDropout_isTheGradientOfTheSameMasks() {
    assertGradientEqualsFiniteDifferences(Pooling.LAST_TOKEN, 0.2);
  }

  @ParameterizedTest
  @EnumSource(names = {"LAST_TOKEN", "MEAN_SQRT_LENGTH", "WEIGHTED_MEAN"})
  void backward_pooled_equalsFiniteDifferences(Pooling pooling) {
    assertGradientEqualsFiniteDifferences(pooling, 0);
  }

  @ParameterizedTest
  @EnumSource(names = "MAX", mode = EnumSource.Mode.EXCLUDE)
  void train_ofEveryPooling_givesTheVectorsOfEmbedding(Pooling pooling) {
    List<int[]> sequences = TinyDecoders.sequences(14);
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(7, DType.FLOAT64);
        LoraAdapter lora = TinyDecoders.adapter(15, DType.FLOAT64, 0)) {
      lora.parameters().fill(0);
      PackedTokens packed = decoder.pack(sequences);
      try (TrainingPass pass = PooledPass.of(pooling, decoder, packed, lora, 0)) {
        Tensor vectors = pass.output().times(pass.output().norms().inverse());
        assertClose(
            vectors,
            VectorHead.of(pooling).vectors(decoder, sequences, new int[sequences.size()]),
            EXACT);
      }
    }
  }

  private static void assertGradientEqualsFiniteDifferences(Pooling pooling, double dropout) {
    PackedTokens packed =
        dropout > 0
            ? PackedTokens.withoutSharing(TinyDecoders.sequences(11))
            : PackedTokens.of(TinyDecoders.sequences(11));
    try (var _ = TensorScope.open();
        Decoder decoder = TinyDecoders.seeded(6, DType.FLOAT64);
        LoraAdapter lora = TinyDecoders.adapter(12, DType.FLOAT64, dropout)) {
      double[] gradient = gradient(decoder, pooling, lora, packed);
      double step = 1e-5;
      for (int i = 0; i < gradient.length; i += 83) {
        Tensor parameter = lora.parameters().narrow(0, i, 1);
        parameter.add(step);
        double above = objective(decoder, pooling, lora, packed);
        parameter.add(-2 * step);
        double below = objective(decoder, pooling, lora, packed);
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

  private static double objective(
      Decoder decoder, Pooling pooling, LoraAdapter lora, PackedTokens packed) {
    try (var _ = TensorScope.open();
        TrainingPass pass = PooledPass.of(pooling, decoder, packed, lora, 99)) {
      return pass.output().times(direction(packed)).sum();
    }
  }

  private static double[] gradient(Decoder decoder, PackedTokens packed) {
    try (LoraAdapter lora = TinyDecoders.adapter(12, DType.FLOAT64, 0)) {
      return gradient(decoder, Pooling.LAST_TOKEN, lora, packed);
    }
  }

  private static double[] gradient(
      Decoder decoder, Pooling pooling, LoraAdapter lora, PackedTokens packed) {
    try (var _ = TensorScope.open();
        TrainingPass pass = PooledPass.of(pooling, decoder, packed, lora, 99)) {
      pass.backward(direction(packed));
      return lora.gradients().toDoubles();
    }
  }

  private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), within(tolerance));
  }
}
