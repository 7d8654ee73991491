package io.alidade.model.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.AlidadeException;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values and gradients equal PyTorch's, golden made by
/// `testkit/scripts/golden_latent_attention.py`.
class LatentAttentionTest {
  private static final LatentShape SHAPE = new LatentShape(8, 5, 2, 3);
  private static final int[] LENGTHS = {3, 1, 6};

  @TempDir Path folder;
  private SafetensorsFile golden;

  @BeforeEach
  void open() {
    golden = SafetensorsFile.open(Golden.file("latent-attention/layer.safetensors", folder));
  }

  @AfterEach
  void close() {
    golden.close();
  }

  @ParameterizedTest
  @CsvSource({"FLOAT64, 1e-9", "FLOAT32, 1e-4"})
  void pass_goldenStates_hasPyTorchsValuesAndGradients(DType dtype, double tolerance) {
    try (var _ = TensorScope.open();
        TrainedLatents latents = TrainedLatents.of(LatentWeights.load(SHAPE, golden, dtype))) {
      var states = new Given(golden.tensor("states", dtype), new ArrayList<>());
      try (var pass = new LatentPass(states, latents)) {
        assertEqual(means(pass.output()), "pooled", tolerance);
        pass.backward(spread(golden.tensor("direction", dtype)));
      }
      assertEqual(states.gradients().getFirst(), "grad.states", tolerance);
      assertThat(latents.gradients().named()).hasSize(14);
      latents
          .gradients()
          .named()
          .forEach((name, gradient) -> assertEqual(gradient, "grad." + name, tolerance));
    }
  }

  @Test
  void forward_goldenStates_hasPyTorchsValues() {
    try (var _ = TensorScope.open();
        var layer = new LatentAttention(LatentWeights.load(SHAPE, golden, DType.FLOAT64))) {
      Tensor output = layer.forward(golden.tensor("states", DType.FLOAT64));
      assertEqual(means(output), "pooled", 1e-9);
    }
  }

  @Test
  void backward_everyWeight_agreesWithCentralDifferences() {
    try (var _ = TensorScope.open();
        TrainedLatents latents =
            TrainedLatents.of(LatentWeights.initial(SHAPE, DType.FLOAT64, 11))) {
      Tensor direction = spread(golden.tensor("direction", DType.FLOAT64));
      var states = new Given(golden.tensor("states", DType.FLOAT64), new ArrayList<>());
      new LatentPass(states, latents).backward(direction);
      latents
          .gradients()
          .named()
          .forEach(
              (name, gradient) -> {
                Tensor weight = latents.values().get(name);
                int entry = (int) Tensor.elements(weight.shape()) / 2;
                double difference = difference(latents, states, direction, weight, entry);
                assertThat(gradient.toDoubles()[entry])
                    .as(name)
                    .isCloseTo(difference, within(1e-7));
              });
    }
  }

  private static double difference(
      TrainedLatents latents, Given states, Tensor direction, Tensor weight, int entry) {
    double step = 1e-6;
    double[] original = weight.toDoubles();
    double[] values = new double[2];
    for (int i = 0; i < 2; i++) {
      double[] moved = original.clone();
      moved[entry] += i == 0 ? step : -step;
      weight.copyFrom(Tensor.of(moved, weight.shape()));
      values[i] = new LatentPass(states, latents).output().times(direction).sum();
    }
    weight.copyFrom(Tensor.of(original, weight.shape()));
    return (values[0] - values[1]) / (2 * step);
  }

  @Test
  void initial_sameSeed_isTheSameAndTrainable() {
    try (var first = LatentWeights.initial(SHAPE, DType.FLOAT32, 3);
        var again = LatentWeights.initial(SHAPE, DType.FLOAT32, 3);
        var other = LatentWeights.initial(SHAPE, DType.FLOAT32, 4)) {
      assertThat(first.flat().toFloats())
          .hasSize((int) SHAPE.parameters())
          .containsExactly(again.flat().toFloats())
          .isNotEqualTo(other.flat().toFloats());
      assertThat(first.get("cross_attend_blocks.0.norm.weight").toFloats()).containsOnly(1);
      assertThat(first.get("cross_attend_blocks.0.norm_context.bias").toFloats()).containsOnly(0);
      double bound = 1 / Math.sqrt(4 * 8);
      assertThat(first.get("cross_attend_blocks.1.fn.net.2.bias").toDoubles())
          .hasSize(8)
          .satisfies(
              values ->
                  assertThat(Arrays.stream(values).map(Math::abs).max().orElseThrow())
                      .isBetween(bound / 4, bound));
    }
  }

  @Test
  void load_weightsOfOtherSizes_namesTheTensor() {
    var wider = new LatentShape(8, 6, 2, 3);
    assertThatThrownBy(() -> LatentWeights.load(wider, golden, DType.FLOAT32))
        .isInstanceOf(AlidadeException.class)
        .hasMessage("latents has shape [5, 8], the configuration asks for [6, 8]");
  }

  /// States that were computed already, and the gradients they were given.
  private record Given(Tensor output, List<Tensor> gradients) implements TrainingPass {
    @Override
    public void backward(Tensor gradientOutput) {
      // The scope of the caller's backward pass ends before the test reads it.
      gradients.add(
          Tensor.owned(gradientOutput.dtype(), gradientOutput.shape()).copyFrom(gradientOutput));
    }

    @Override
    public long keptBytes() {
      return 0;
    }

    @Override
    public void close() {}
  }

  /// The mean of each text's rows.
  private static Tensor means(Tensor rows) {
    var means = new ArrayList<Tensor>();
    long start = 0;
    for (int length : LENGTHS) {
      means.add(rows.narrow(0, start, length).sumFirst().view(1, rows.size(1)).times(1.0 / length));
      start += length;
    }
    return Tensor.concatenate(means);
  }

  /// The gradient of rows, given that of their means.
  private static Tensor spread(Tensor ofMeans) {
    var rows = new ArrayList<Tensor>();
    for (int i = 0; i < LENGTHS.length; i++) {
      Tensor row = ofMeans.narrow(0, i, 1).times(1.0 / LENGTHS[i]);
      rows.add(row.expand(LENGTHS[i], ofMeans.size(1)));
    }
    return Tensor.concatenate(rows);
  }

  /// The difference is small against the largest value.
  private void assertEqual(Tensor actual, String name, double tolerance) {
    Tensor expected = golden.tensor(name, DType.FLOAT64);
    assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
    assertThat(expected.norm()).as(name).isPositive();
    assertThat(actual.to(DType.FLOAT64).minus(expected).norm() / expected.norm())
        .as(name)
        .isLessThan(tolerance);
  }
}
