package io.alidade.model.decoder;

import static io.alidade.model.TinyFamily.largestDifference;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.DecoderConfig;
import io.alidade.model.TinyFamily;
import io.alidade.model.transformer.CheckedWeights;
import io.alidade.model.transformer.FusedLinear;
import io.alidade.model.transformer.FusedMatrix;
import io.alidade.model.transformer.MappedMatrix;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A matrix that is read in blocks has the rows, the products and the gradients of one that is
/// held.
class MappedMatrixTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"llama-attention-bias", "qwen3", "phi3", "phi3-partial-rotary"})
  void blocks_ofEveryMap_makeTheHeldMatrix(String name) {
    var family = new TinyFamily(name, folder);
    DecoderConfig config = family.config();
    try (var _ = TensorScope.open();
        SafetensorsFile file = family.weights();
        Decoder held = Decoder.load(config, file, DType.FLOAT32)) {
      CheckedWeights weights = weights(file, config);
      List<FusedLinear> linears =
          held.layers().stream().flatMap(layer -> layer.linears().stream()).toList();
      for (FusedLinear linear : linears) {
        // Blocks of three rows, or of a head where rows are reordered within heads.
        var mapped = MappedMatrix.of(linear.map(), weights, 3L * linear.map().inputs());
        List<Tensor> blocks = blocks(mapped);
        assertThat(blocks).hasSizeGreaterThan(linear.map().parts().size());
        Tensor whole = linear.matrix().held();
        assertThat(largestDifference(Tensor.concatenate(blocks), whole)).isZero();
        assertSameProducts(linear, new FusedLinear(mapped, linear.bias(), linear.map()));
      }
    }
  }

  private static void assertSameProducts(FusedLinear held, FusedLinear mapped) {
    Tensor x = Tensor.normal(1, 1, DType.FLOAT32, 5, held.map().inputs());
    assertThat(largestDifference(mapped.forward(x), held.forward(x))).isLessThan(1e-6);
    Tensor expected = Tensor.normal(2, 1, DType.FLOAT32, 5, held.map().outputs());
    Tensor target = expected.copy();
    held.forwardAdding(x, expected);
    mapped.forwardAdding(x, target);
    assertThat(largestDifference(target, expected)).isLessThan(1e-6);
    int last = held.map().parts().size();
    assertThat(
            largestDifference(
                mapped.parts(last - 1, last).forward(x), held.parts(last - 1, last).forward(x)))
        .isLessThan(1e-6);
  }

  private static List<Tensor> blocks(FusedMatrix matrix) {
    var blocks = new ArrayList<Tensor>();
    matrix.forEachBlock(
        (start, rows) -> {
          long before = blocks.stream().mapToLong(block -> block.size(0)).sum();
          assertThat(start).isEqualTo(before);
          blocks.add(Tensor.owned(DType.FLOAT32, rows.shape()).copyFrom(rows));
        });
    return blocks;
  }

  private static CheckedWeights weights(SafetensorsFile file, DecoderConfig config) {
    return new CheckedWeights(
        config.fusedMaps() ? new FusedMapWeights(file, config) : file, DType.FLOAT32);
  }

  @Test
  void train_onMappedWeights_givesTheGradientsOfLoadedOnes() {
    List<int[]> sequences = TinyDecoders.sequences(3);
    try (var _ = TensorScope.open();
        Decoder loaded = TinyDecoders.seeded(1, DType.FLOAT64);
        Decoder mapped =
            Decoder.map(TinyDecoders.CONFIG, new TinyDecoders.SeededWeights(1), DType.FLOAT64)) {
      double[] expected = gradient(loaded, sequences);
      double[] found = gradient(mapped, sequences);
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).isCloseTo(expected[i], within(1e-10));
      }
    }
  }

  private static double[] gradient(Decoder decoder, List<int[]> sequences) {
    try (var lora = TinyDecoders.adapter(2, DType.FLOAT64, 0);
        TrainingPass pass = decoder.trainLast(decoder.pack(sequences), lora, 0)) {
      pass.backward(Tensor.normal(3, 1, DType.FLOAT64, pass.output().shape()));
      return lora.gradients().toDoubles();
    }
  }

  @Test
  void close_ofMappedDecoder_closesItsFiles() {
    var family = new TinyFamily("phi3", folder);
    SafetensorsFile file = family.weights();
    Decoder decoder = Decoder.map(family.config(), file, DType.FLOAT32);
    try (var _ = TensorScope.open()) {
      assertThat(decoder.lastStates(decoder.pack(family.texts())).allFinite()).isTrue();
    }
    decoder.close();
    assertThatThrownBy(() -> file.rows("norm.weight", 0, 1, DType.FLOAT32))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void weights_ofMappedDecoder_areNotGivenBack() {
    try (var _ = TensorScope.open();
        Decoder mapped =
            Decoder.map(TinyDecoders.CONFIG, new TinyDecoders.SeededWeights(1), DType.FLOAT32);
        var lora = TinyDecoders.adapter(2, DType.FLOAT32, 0)) {
      assertThat(mapped.mapped()).isTrue();
      assertThatThrownBy(mapped::weights).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> mapped.merge(lora)).hasMessageContaining("load the decoder instead");
    }
  }
}
