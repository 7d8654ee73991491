package io.alidade.model.decoder;

import static io.alidade.model.TinyFamily.largestDifference;
import static io.alidade.model.TinyFamily.statesAlone;
import static io.alidade.model.TinyFamily.vectors;
import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.model.DecoderConfig;
import io.alidade.model.TinyFamily;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Weights stored as bfloat16 and float16 give transformers' states, loaded and mapped alike;
/// goldens made by `testkit/scripts/golden_stored_types.py`.
class StoredTypeGoldenTest {
  private static final double TOLERANCE = 1e-5;
  private static final double SAME = 1e-6;
  private static final String UPCAST = ".upcast";

  @TempDir Path folder;
  private SafetensorsFile golden;

  @BeforeEach
  void openGolden() {
    golden = SafetensorsFile.open(Golden.file("stored-types/states.safetensors", folder));
  }

  @AfterEach
  void closeGolden() {
    golden.close();
  }

  static Stream<String> families() {
    return Stream.of(
        "llama-default",
        "llama-attention-bias",
        "llama-rope-linear",
        "llama-rope-dynamic",
        "llama-rope-llama3",
        "llama-rope-yarn",
        "llama-rope-yarn-attention",
        "llama-rope-yarn-mscale",
        "mistral-window",
        "qwen2",
        "qwen2-window",
        "qwen3",
        "smollm3",
        "gemma",
        "gemma2",
        "gemma3",
        "gemma3-bidirectional",
        "phi3",
        "phi3-partial-rotary",
        "phi3-longrope");
  }

  @ParameterizedTest
  @MethodSource("families")
  void bfloat16_ofFamily_equalsTransformers(String name) {
    var family = new TinyFamily(name, folder);
    try (var _ = TensorScope.open()) {
      Path file = stored(family, DType.BFLOAT16);
      Tensor loaded = assertBothWays(family.config(), file, family.texts(), name + UPCAST);
      assertCosines(loaded, golden.tensor(name + ".bfloat16", DType.FLOAT32));
    }
  }

  @Test
  void types_mixedInOneFile_equalTransformers() {
    var family = new TinyFamily("llama-default", folder);
    try (var _ = TensorScope.open()) {
      Path file = stored(family, DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16);
      assertBothWays(family.config(), file, family.texts(), "mixed" + UPCAST);
    }
  }

  @Test
  void shards_ofCausalModel_equalTransformers() {
    for (String file :
        List.of(
            "config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json")) {
      Golden.file("stored-types/sharded/" + file, folder);
    }
    try (var _ = TensorScope.open()) {
      assertBothWays(
          (DecoderConfig) HuggingFaceConfig.read(folder.resolve("config.json")),
          folder.resolve("model.safetensors.index.json"),
          new TinyFamily("llama-default", folder).texts(),
          "llama-default" + UPCAST);
    }
  }

  /// The states of loaded weights, which equal the golden's and those of mapped weights.
  private Tensor assertBothWays(
      DecoderConfig config, Path file, List<int[]> texts, String goldenName) {
    try (var weights = SafetensorsFile.open(file);
        Decoder loaded = Decoder.load(config, weights, DType.FLOAT32);
        Decoder mapped = Decoder.map(config, SafetensorsFile.open(file), DType.FLOAT32)) {
      Tensor states = statesAlone(loaded, texts);
      assertThat(largestDifference(states, golden.tensor(goldenName, DType.FLOAT32)))
          .isLessThan(TOLERANCE);
      assertSameVectors(statesAlone(mapped, texts), states);
      assertSameVectors(
          mapped.lastStates(mapped.pack(texts)), loaded.lastStates(loaded.pack(texts)));
      return states;
    }
  }

  private static void assertSameVectors(Tensor mapped, Tensor loaded) {
    assertThat(largestDifference(vectors(mapped), vectors(loaded))).isLessThan(SAME);
  }

  /// The model's weights rounded to these types by turns, in the order of their names.
  private Path stored(TinyFamily family, DType... types) {
    Path file = folder.resolve("rounded.safetensors");
    var items = new ArrayList<SafetensorsWriter.Item>();
    try (SafetensorsFile weights = family.weights()) {
      List<String> names = weights.names().stream().sorted().toList();
      for (int i = 0; i < names.size(); i++) {
        Tensor exact = weights.tensor(names.get(i), DType.FLOAT32);
        items.add(SafetensorsWriter.Item.of(names.get(i), exact.to(types[i % types.length])));
      }
    }
    SafetensorsWriter.write(file, items);
    return file;
  }

  /// transformers' own products of bfloat16, which keep eight bits.
  private static void assertCosines(Tensor states, Tensor rounded) {
    Tensor cosines = vectors(states).times(vectors(rounded)).sumLast();
    for (double cosine : cosines.toDoubles()) {
      assertThat(cosine).isGreaterThan(0.9995);
    }
  }
}
