package io.alidade.model.folder;

import static io.alidade.model.TinyFamily.vectors;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.Models;
import io.alidade.model.TinyFamily;
import io.alidade.model.TransformerConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.lora.LoraTargets;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// Adapters that PEFT wrote give PEFT's vectors; goldens made by
/// `testkit/scripts/golden_adapters.py`.
class AdapterGoldenTest {
  private static final double TOLERANCE = 1e-5;

  @TempDir Path temp;

  @ParameterizedTest
  @CsvSource({
    "plain, llama-default",
    "causal, llama-default",
    "rslora, llama-default",
    "dora, llama-default",
    "patterns, llama-default",
    "saved-whole, llama-default",
    "phi3, phi3",
    "bert, bert",
    "bert-classifier, bert",
    "modernbert, modernbert"
  })
  void adapter_equalsPeft(String name, String base) throws Exception {
    AdapterDescription adapter = AdapterFolder.read(copy("adapters/" + name));
    try (var _ = TensorScope.open();
        SafetensorsFile golden =
            SafetensorsFile.open(
                Golden.file("adapters/" + name + "/states.safetensors", folder("states")))) {
      Tensor expected = golden.tensor("states", DType.FLOAT32);
      float[] adapted = states(base, adapter);
      assertThat(largestDifference(adapted, expected.toFloats())).isLessThan(TOLERANCE);
      assertThat(largestDifference(adapted, states(base))).isGreaterThan(0.01);
      Tensor loaded = Tensor.of(adapted, expected.shape());
      if (config(base) instanceof DecoderConfig decoder) {
        Tensor mapped = Tensor.of(mappedStates(decoder, base, name), expected.shape());
        assertThat(TinyFamily.largestDifference(vectors(mapped), vectors(loaded))).isLessThan(1e-6);
      }
    }
  }

  /// The form in which maps that a file holds as one are adapted and written.
  @ParameterizedTest
  @MethodSource("written")
  void write_adapterOfFusedMaps_readsBackAsWhatWasTrained(LoraConfig given, int maps)
      throws Exception {
    TransformerConfig config = config("phi3");
    try (var _ = TensorScope.open();
        Transformer model = Models.transformer(config, weights("phi3"), DType.FLOAT32);
        LoraAdapter lora = LoraAdapter.initial(given, model.linearMaps(), DType.FLOAT32, 3)) {
      lora.parameters().add(Tensor.normal(4, 0.1, DType.FLOAT32, lora.parameters().size(0)));
      AdapterDescription adapter = AdapterFolder.read(write(lora));
      assertThat(adapter.modules()).hasSize(maps * config.layers());
      model.merge(lora);
      float[] trained = states(model, "phi3");
      assertThat(largestDifference(states("phi3", adapter), trained)).isLessThan(TOLERANCE);
    }
  }

  @Test
  void of_adapterForAnotherBase_isRefusedByName() throws Exception {
    AdapterDescription adapter = AdapterFolder.read(copy("adapters/phi3"));
    try (SafetensorsFile base = weights("llama-default")) {
      assertThatThrownBy(() -> AdaptedWeights.of(base, adapter))
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining("which the base does not have");
    }
    AdapterDescription narrow = AdapterFolder.read(copy("adapters/plain"));
    try (SafetensorsFile base = weights("qwen3")) {
      assertThatThrownBy(() -> AdaptedWeights.of(base, narrow))
          .isInstanceOf(AlidadeException.class)
          .hasMessageContaining("the base's has shape [");
    }
  }

  static Stream<Arguments> written() {
    var some = new LoraTargets(List.of("q", "v", "up"));
    return Stream.of(
        Arguments.of(new LoraConfig(2, 6, 0), 4),
        Arguments.of(new LoraConfig(2, 6, 0, 0, LoraTargets.ALL, true), 4),
        Arguments.of(new LoraConfig(2, 6, 0, 0, some, true), 2));
  }

  private Path write(LoraAdapter lora) throws IOException {
    Path folder = folder("written");
    var items = new ArrayList<SafetensorsWriter.Item>();
    lora.storedMatrices()
        .forEach(
            (module, matrices) -> {
              String name = AdapterFolder.PREFIX + module;
              items.add(
                  SafetensorsWriter.Item.of(
                      AdapterDescription.nameOfA(name), matrices.a().contiguous()));
              items.add(
                  SafetensorsWriter.Item.of(
                      AdapterDescription.nameOfB(name), matrices.b().contiguous()));
            });
    SafetensorsWriter.write(folder.resolve(AdapterFolder.WEIGHTS), items);
    PeftConfig.write(
        folder.resolve(PeftConfig.FILE),
        lora.config(),
        "tiny/phi3",
        new PeftConfig.Targets(
            List.of("qkv_proj", "o_proj", "gate_up_proj", "down_proj"),
            lora.config().targets().names().isEmpty()
                ? Map.of("qkv_proj", 3, "gate_up_proj", 2)
                : Map.of("qkv_proj", 2)));
    return folder;
  }

  private float[] states(String base, AdapterDescription adapter) throws IOException {
    try (var weights = AdaptedWeights.of(weights(base), adapter);
        Transformer model = Models.transformer(config(base), weights, DType.FLOAT32)) {
      return states(model, base);
    }
  }

  /// Merged on the fly, as rows are read.
  private float[] mappedStates(DecoderConfig config, String base, String adapter)
      throws IOException {
    var weights = AdaptedWeights.of(weights(base), AdapterFolder.read(copy("adapters/" + adapter)));
    try (Decoder decoder = Decoder.map(config, weights, DType.FLOAT32)) {
      return states(decoder, base);
    }
  }

  private float[] states(String base) throws IOException {
    try (var weights = weights(base);
        Transformer model = Models.transformer(config(base), weights, DType.FLOAT32)) {
      return states(model, base);
    }
  }

  private static float[] states(Transformer model, String base) {
    var texts = new ArrayList<int[]>();
    for (JsonNode ids : Golden.json("families/" + base + "/golden.json").get("ids")) {
      texts.add(ids.valueStream().mapToInt(JsonNode::intValue).toArray());
    }
    try (var _ = TensorScope.open()) {
      return model.lastStates(model.pack(texts)).toFloats();
    }
  }

  private TransformerConfig config(String base) throws IOException {
    return HuggingFaceConfig.read(Golden.file("families/" + base + "/config.json", folder(base)));
  }

  private SafetensorsFile weights(String base) throws IOException {
    return SafetensorsFile.open(
        Golden.file("families/" + base + "/model.safetensors", folder(base)));
  }

  private Path copy(String golden) throws IOException {
    Path folder = folder(golden.replace('/', '-'));
    Golden.file(golden + "/adapter_config.json", folder);
    Golden.file(golden + "/adapter_model.safetensors", folder);
    return folder;
  }

  private Path folder(String name) throws IOException {
    return Files.createDirectories(temp.resolve(name));
  }

  private static double largestDifference(float[] left, float[] right) {
    assertThat(left).hasSameSizeAs(right);
    double largest = 0;
    for (int i = 0; i < left.length; i++) {
      largest = Math.max(largest, Math.abs(left[i] - right[i]));
    }
    return largest;
  }
}
