package io.alidade.model.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.AlidadeException;
import io.alidade.model.EncoderConfig;
import io.alidade.model.encoder.TinyEncoders.Changed;
import io.alidade.model.head.PooledPass;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.lora.LoraTargets;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EncoderTest {
  private static final double EXACT = 1e-12;

  @TempDir Path folder;

  private Encoder encoder(String family, DType dtype) {
    try (WeightSource weights = TinyEncoders.weights(family, folder)) {
      return Encoder.load(TinyEncoders.config(family, folder), weights, dtype);
    }
  }

  private float[] states(EncoderConfig config, WeightSource weights) {
    try (var _ = TensorScope.open();
        Encoder encoder = Encoder.load(config, weights, DType.FLOAT32)) {
      return encoder.allStates(encoder.pack(TinyEncoders.texts())).toFloats();
    }
  }

  /// As `BertForMaskedLM` and its like are saved: a prefix, a head, no pooler.
  @ParameterizedTest
  @CsvSource({
    "bert, bert.",
    "roberta, roberta.",
    "xlm-roberta, roberta.",
    "modernbert, model.",
  })
  void load_checkpointWithHead_givesTheSameStates(String family, String prefix) {
    EncoderConfig config = TinyEncoders.config(family, folder);
    try (var _ = TensorScope.open();
        SafetensorsFile bare = TinyEncoders.weights(family, folder)) {
      var items = new ArrayList<SafetensorsWriter.Item>();
      for (String name : bare.names()) {
        if (!name.startsWith("pooler.")) {
          items.add(SafetensorsWriter.Item.of(name, bare, DType.FLOAT32).withName(prefix + name));
        }
      }
      Tensor head = Tensor.zeros(DType.FLOAT32, config.vocabulary());
      items.add(SafetensorsWriter.Item.of("cls.predictions.bias", head));
      items.add(SafetensorsWriter.Item.of("lm_head.bias", head));
      items.add(SafetensorsWriter.Item.of("decoder.bias", head));
      assertThat(states(config, written(items))).containsExactly(states(config, bare));
    }
  }

  @Test
  void load_firstNamesOfNorms_givesTheSameStates() {
    EncoderConfig config = TinyEncoders.config("bert", folder);
    try (SafetensorsFile bare = TinyEncoders.weights("bert", folder)) {
      var items = new ArrayList<SafetensorsWriter.Item>();
      for (String name : bare.names()) {
        String first =
            name.replace("LayerNorm.weight", "LayerNorm.gamma")
                .replace("LayerNorm.bias", "LayerNorm.beta");
        items.add(SafetensorsWriter.Item.of(name, bare, DType.FLOAT32).withName(first));
      }
      assertThat(states(config, written(items))).containsExactly(states(config, bare));
    }
  }

  private SafetensorsFile written(List<SafetensorsWriter.Item> items) {
    Path file = folder.resolve("written.safetensors");
    SafetensorsWriter.write(file, items);
    return SafetensorsFile.open(file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "embeddings.LayerNorm.bias | MISSING | has no tensor",
        "encoder.layer.1.attention.self.key.bias | LONGER"
            + "| encoder.layer.1.attention.self.key.bias has shape [25], the configuration asks for [24]",
        "encoder.layer.0.output.dense.weight | LONGER"
            + "| encoder.layer.0.output.dense.weight has shape [25, 40], the configuration asks for [24, 40]",
        "embeddings.position_embeddings.weight | NOT_A_NUMBER"
            + "| embeddings.position_embeddings.weight holds values that are infinite or no numbers",
        "encoder.layer.1.output.LayerNorm.weight | NOT_A_NUMBER"
            + "| encoder.layer.1.output.LayerNorm.weight holds values that are infinite or no numbers",
      })
  void load_badWeights_areRefusedByName(String name, Changed.Change change, String message) {
    EncoderConfig config = TinyEncoders.config("bert", folder);
    try (WeightSource good = TinyEncoders.weights("bert", folder)) {
      var changed = new Changed(good, name, change);
      assertThatThrownBy(() -> states(config, changed))
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @CsvSource({"bert", "roberta", "modernbert"})
  void lastStates_areTheLastOfAllStates(String family) {
    try (var _ = TensorScope.open();
        Encoder encoder = encoder(family, DType.FLOAT64)) {
      PackedTokens packed = encoder.pack(TinyEncoders.texts());
      Tensor last = encoder.lastStates(packed);
      Tensor all = encoder.allStates(packed);
      for (int i = 0; i < packed.sequences(); i++) {
        assertClose(last.narrow(0, i, 1), all.narrow(0, packed.lastRows()[i], 1), EXACT);
      }
    }
  }

  @Test
  void allStates_textOfMoreTokensThanPositions_isRefused() {
    int[] longest = IntStream.range(0, 48).map(_ -> 7).toArray();
    int[] longer = IntStream.range(0, 49).map(_ -> 7).toArray();
    for (String family : List.of("bert", "roberta")) {
      try (var _ = TensorScope.open();
          Encoder encoder = encoder(family, DType.FLOAT32)) {
        assertThat(encoder.config().tokenLimit()).hasValue(48);
        encoder.allStates(encoder.pack(List.of(longest)));
        assertThatThrownBy(() -> encoder.allStates(encoder.pack(List.of(longer))))
            .hasMessage("a text has more than the 48 tokens that there are positions for");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"bert", "modernbert-biases"})
  void train_output_equalsMergedWeights(String family) {
    try (var _ = TensorScope.open();
        Encoder encoder = encoder(family, DType.FLOAT64);
        LoraAdapter lora = adapter(encoder, 0)) {
      PackedTokens packed = encoder.pack(TinyEncoders.texts());
      Tensor base = encoder.allStates(packed);
      Tensor adapted;
      try (TrainingPass pass = encoder.trainAll(packed, lora, 0)) {
        adapted = pass.output().copy();
        assertThat(adapted.minus(base).norm()).isGreaterThan(0.1);
      }
      encoder.merge(lora);
      assertClose(encoder.allStates(packed), adapted, 1e-11);
    }
  }

  /// An adapter of all layers whose values are zero in the lowest ones is the same function.
  @ParameterizedTest
  @CsvSource({"bert", "modernbert"})
  void backward_ofUpperLayers_isThatPartOfTheWholeGradient(String family) {
    try (var _ = TensorScope.open();
        Encoder encoder = encoder(family, DType.FLOAT64);
        LoraAdapter upper = adapter(encoder, new LoraConfig(3, 6, 0, 1));
        LoraAdapter whole =
            LoraAdapter.of(
                new LoraConfig(3, 6, 0), encoder.linearMaps(), DType.FLOAT64, upper.matrices())) {
      PackedTokens packed = encoder.pack(TinyEncoders.texts());
      backward(encoder, upper, packed);
      backward(encoder, whole, packed);
      Map<String, LoraAdapter.Matrices> expected = whole.gradientMatrices();
      assertThat(upper.gradientMatrices()).hasSizeLessThan(expected.size());
      upper
          .gradientMatrices()
          .forEach(
              (name, actual) -> {
                assertThat(name).doesNotContain("layers.0.", "layer.0.");
                LoraAdapter.Matrices wanted = Objects.requireNonNull(expected.get(name), name);
                assertClose(actual.a(), wanted.a(), EXACT);
                assertClose(actual.b(), wanted.b(), EXACT);
              });
      try (TrainingPass pass = encoder.trainAll(packed, upper, 0)) {
        encoder.merge(upper);
        assertClose(encoder.allStates(packed), pass.output(), 1e-11);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"bert, down, output.dense", "bert, k, key", "modernbert, o, attn.Wo"})
  void backward_ofOneMap_isThatPartOfTheWholeGradient(String family, String target, String end) {
    var config = new LoraConfig(3, 6, 0, 0, new LoraTargets(List.of(target)), false);
    try (var _ = TensorScope.open();
        Encoder encoder = encoder(family, DType.FLOAT64);
        LoraAdapter one = adapter(encoder, config);
        LoraAdapter whole =
            LoraAdapter.of(
                new LoraConfig(3, 6, 0), encoder.linearMaps(), DType.FLOAT64, one.matrices())) {
      PackedTokens packed = encoder.pack(TinyEncoders.texts());
      backward(encoder, one, packed);
      backward(encoder, whole, packed);
      Map<String, LoraAdapter.Matrices> expected = whole.gradientMatrices();
      assertThat(one.gradientMatrices()).hasSize(encoder.config().layers());
      one.gradientMatrices()
          .forEach(
              (name, actual) -> {
                assertThat(name).endsWith(end).doesNotContain("attention.output");
                LoraAdapter.Matrices wanted = Objects.requireNonNull(expected.get(name), name);
                assertClose(actual.a(), wanted.a(), EXACT);
                assertClose(actual.b(), wanted.b(), EXACT);
              });
    }
  }

  private static void backward(Encoder encoder, LoraAdapter lora, PackedTokens packed) {
    try (var _ = TensorScope.open();
        var pass = PooledPass.of(Pooling.MEAN, encoder, packed, lora, 99)) {
      pass.backward(direction(pass.output()));
    }
  }

  @ParameterizedTest
  @CsvSource({"bert", "modernbert"})
  void backward_withDropout_isTheGradientOfTheSameMasks(String family) {
    try (var _ = TensorScope.open();
        Encoder encoder = encoder(family, DType.FLOAT64);
        LoraAdapter lora = adapter(encoder, 0.2)) {
      PackedTokens packed = encoder.pack(TinyEncoders.texts());
      backward(encoder, lora, packed);
      double[] gradient = lora.gradients().toDoubles();
      double step = 1e-5;
      for (int i = 0; i < gradient.length; i += 97) {
        Tensor parameter = lora.parameters().narrow(0, i, 1);
        parameter.add(step);
        double above = objective(encoder, lora, packed);
        parameter.add(-2 * step);
        double below = objective(encoder, lora, packed);
        parameter.add(step);
        assertThat(gradient[i])
            .as("parameter %d", i)
            .isCloseTo((above - below) / (2 * step), within(1e-7));
      }
    }
  }

  private static double objective(Encoder encoder, LoraAdapter lora, PackedTokens packed) {
    try (var _ = TensorScope.open();
        var pass = PooledPass.of(Pooling.MEAN, encoder, packed, lora, 99)) {
      return pass.output().times(direction(pass.output())).sum();
    }
  }

  private static Tensor direction(Tensor output) {
    return Tensor.normal(13, 1, DType.FLOAT64, output.shape());
  }

  /// An adapter whose `B` is not zero.
  private static LoraAdapter adapter(Encoder encoder, double dropout) {
    return adapter(encoder, new LoraConfig(3, 6, dropout));
  }

  private static LoraAdapter adapter(Encoder encoder, LoraConfig config) {
    LoraAdapter lora = LoraAdapter.initial(config, encoder.linearMaps(), encoder.dtype(), 5);
    Tensor noise = Tensor.normal(6, 0.1, encoder.dtype(), lora.parameters().size(0));
    lora.parameters().add(noise);
    return lora;
  }

  private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), within(tolerance));
  }
}
