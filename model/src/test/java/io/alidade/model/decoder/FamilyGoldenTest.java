package io.alidade.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.DecoderConfig;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraAdapter.Matrices;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Hidden states and gradients of small models of every family equal those of transformers; goldens
/// made by `testkit/scripts/golden_families.py`.
class FamilyGoldenTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
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
        "phi3-longrope"
      })
  void family_equalsTransformers(String name) {
    try (var _ = TensorScope.open();
        Case given = Case.open(name, folder)) {
      given.assertStatesAlone();
      given.assertStatesTogether();
      given.assertGradients(DType.FLOAT64, 1e-9);
      given.assertGradients(DType.FLOAT32, 1e-4);
      given.assertWeightsComeBack();
    }
  }

  private record Case(
      DecoderConfig config,
      SafetensorsFile weights,
      SafetensorsFile golden,
      JsonNode description,
      List<int[]> texts)
      implements AutoCloseable {

    static Case open(String name, Path folder) {
      String path = "families/" + name + "/";
      JsonNode description = Golden.json(path + "golden.json");
      var texts = new ArrayList<int[]>();
      for (JsonNode ids : description.get("ids")) {
        texts.add(ids.valueStream().mapToInt(JsonNode::intValue).toArray());
      }
      return new Case(
          HuggingFaceConfig.read(Golden.file(path + "config.json", folder)),
          SafetensorsFile.open(Golden.file(path + "model.safetensors", folder)),
          SafetensorsFile.open(Golden.file(path + "states.safetensors", folder)),
          description,
          texts);
    }

    void assertStatesAlone() {
      try (Decoder decoder = Decoder.load(config, weights, DType.FLOAT32)) {
        for (int i = 0; i < texts.size(); i++) {
          Tensor states = decoder.allStates(decoder.pack(List.of(texts.get(i))));
          assertClose(states, golden.tensor("states." + i, DType.FLOAT32), "text " + i);
        }
      }
    }

    /// Packed, with shared prefix, and twice in one batch.
    void assertStatesTogether() {
      List<int[]> batch = new ArrayList<>(texts);
      batch.addAll(texts.reversed());
      try (Decoder decoder = Decoder.load(config, weights, DType.FLOAT32)) {
        Tensor states = decoder.lastStates(decoder.pack(batch));
        for (int i = 0; i < batch.size(); i++) {
          int text = i < texts.size() ? i : 2 * texts.size() - 1 - i;
          Tensor all = golden.tensor("states." + text, DType.FLOAT32);
          Tensor last = all.narrow(0, all.size(0) - 1, 1);
          assertClose(states.narrow(0, i, 1), last, "text " + text + " in a batch");
        }
      }
    }

    void assertGradients(DType dtype, double tolerance) {
      try (var _ = TensorScope.open();
          Decoder decoder = Decoder.load(config, weights, dtype);
          LoraAdapter lora =
              LoraAdapter.of(new LoraConfig(4, 8, 0), config, dtype, adapters(dtype))) {
        var cotangents = new ArrayList<Tensor>();
        for (int i = 0; i < texts.size(); i++) {
          cotangents.add(golden.tensor("cotangent." + i, dtype).view(1, config.hidden()));
        }
        Tensor cotangent = Tensor.concatenate(cotangents);
        try (TrainingPass pass = decoder.train(decoder.pack(texts), lora, 0)) {
          double scalar = pass.output().times(cotangent).sum();
          assertThat(scalar)
              .isCloseTo(description.get("scalar").doubleValue(), within(tolerance * 100));
          pass.backward(cotangent);
        }
        storedMaps(lora.gradientMatrices())
            .forEach(
                (map, parts) -> {
                  assertRelative(sumOfA(parts), "grad." + map + ".A", tolerance);
                  assertRelative(rowsOfB(parts), "grad." + map + ".B", tolerance);
                });
      }
    }

    /// The matrices by the names of the files: Phi-3's maps have several parts each.
    private Map<String, List<Matrices>> storedMaps(Map<String, Matrices> byPart) {
      var maps = new LinkedHashMap<String, List<Matrices>>();
      byPart.forEach(
          (part, matrices) ->
              maps.computeIfAbsent(storedName(part), _ -> new ArrayList<>()).add(matrices));
      assertThat(maps).hasSize(config.layers() * (config.fusedMaps() ? 4 : 7));
      return maps;
    }

    private String storedName(String part) {
      return config.fusedMaps()
          ? part.replaceAll("self_attn\\.[qkv]_proj", "self_attn.qkv_proj")
              .replaceAll("mlp\\.(gate|up)_proj", "mlp.gate_up_proj")
          : part;
    }

    /// An `A` that parts share has the sum of their gradients.
    private static Tensor sumOfA(List<Matrices> parts) {
      return parts.stream().map(Matrices::a).reduce(Tensor::plus).orElseThrow();
    }

    private static Tensor rowsOfB(List<Matrices> parts) {
      return Tensor.concatenate(parts.stream().map(Matrices::b).toList());
    }

    private Map<String, Matrices> adapters(DType dtype) {
      var adapters = new LinkedHashMap<String, Matrices>();
      for (LinearMaps.Fused fused : LinearMaps.of(config)) {
        long row = 0;
        for (LinearMaps.Part part : fused.parts()) {
          String stored = storedName(part.name());
          long first = stored.equals(part.name()) ? 0 : row;
          Tensor b = golden.tensor("lora." + stored + ".B", dtype);
          adapters.put(
              part.name(),
              new Matrices(
                  golden.tensor("lora." + stored + ".A", dtype),
                  b.narrow(0, first, part.outputs())));
          row += part.outputs();
        }
      }
      return adapters;
    }

    /// What is loaded is given back under the same names.
    void assertWeightsComeBack() {
      try (Decoder decoder = Decoder.load(config, weights, DType.FLOAT32)) {
        Map<String, Tensor> back = decoder.weights();
        assertThat(back.keySet()).containsExactlyInAnyOrderElementsOf(weights.names());
        back.forEach(
            (name, tensor) ->
                assertClose(
                    tensor, weights.tensor(name, DType.FLOAT32).view(tensor.shape()), name));
      }
    }

    private static void assertClose(Tensor actual, Tensor expected, String what) {
      assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
      float[] left = actual.toFloats();
      float[] right = expected.toFloats();
      double largest = 0;
      for (int i = 0; i < left.length; i++) {
        largest = Math.max(largest, Math.abs(left[i] - right[i]));
      }
      assertThat(largest).as(what + " " + Arrays.toString(expected.shape())).isLessThan(1e-5);
    }

    private void assertRelative(Tensor actual, String name, double tolerance) {
      Tensor expected = golden.tensor(name, DType.FLOAT64);
      double difference = actual.to(DType.FLOAT64).minus(expected).norm();
      assertThat(difference).as(name).isLessThanOrEqualTo(tolerance * expected.norm());
    }

    @Override
    public void close() {
      weights.close();
      golden.close();
    }
  }
}
