package io.alidade.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.model.DecoderConfig;
import io.alidade.model.config.GgufConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufWeights;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Hidden states of small models of every architecture, read from GGUF files in llama.cpp's layout,
/// equal those of transformers; goldens made by `testkit/scripts/golden_gguf.py`.
class GgufGoldenTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "llama-bias",
        "llama3",
        "llama-linear",
        "llama-yarn",
        "qwen2",
        "qwen3",
        "smollm3",
        "gemma",
        "gemma2",
        "gemma3",
        "gemma-embedding",
        "phi3",
        "phi3-longrope"
      })
  void config_ofGguf_equalsThatOfTransformers(String name) {
    try (GgufFile file = GgufFile.open(golden(name, "model.gguf"))) {
      assertThat(GgufConfig.read(file))
          .isEqualTo(HuggingFaceConfig.read(golden(name, "config.json")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "llama-bias",
        "llama3",
        "llama-factors",
        "llama-linear",
        "llama-yarn",
        "qwen2",
        "qwen3",
        "smollm3",
        "gemma",
        "gemma2",
        "gemma3",
        "gemma-embedding",
        "phi3",
        "phi3-longrope"
      })
  void states_ofGguf_equalThoseOfTransformers(String name) {
    GgufFile file = GgufFile.open(golden(name, "model.gguf"));
    DecoderConfig config = GgufConfig.read(file);
    try (var _ = TensorScope.open();
        var weights = new GgufWeights(file);
        var expected = SafetensorsFile.open(golden(name, "states.safetensors"));
        Decoder decoder = Decoder.load(config, weights, DType.FLOAT32)) {
      int text = 0;
      for (JsonNode ids : Golden.json("gguf/" + name + "/golden.json").get("ids")) {
        int[] sequence = ids.valueStream().mapToInt(JsonNode::intValue).toArray();
        Tensor found = decoder.allStates(decoder.pack(List.of(sequence)));
        Tensor wanted = expected.tensor("states." + text++, DType.FLOAT32);
        assertThat(found.shape()).isEqualTo(wanted.shape());
        float[] difference = found.minus(wanted).toFloats();
        for (float value : difference) {
          assertThat(Math.abs(value)).isLessThan(1e-5f);
        }
      }
      assertThat(text).isGreaterThan(2);
    }
  }

  private Path golden(String name, String file) {
    return Golden.file("gguf/" + name + "/" + file, folder);
  }
}
