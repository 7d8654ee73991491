package io.alidade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.head.PooledPass;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraAdapter.Matrices;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.Transformer;
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
        "phi3-longrope",
        "bert",
        "roberta",
        "xlm-roberta",
        "modernbert",
        "modernbert-biases"
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
      TransformerConfig config,
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
      try (Transformer model = model(DType.FLOAT32)) {
        for (int i = 0; i < texts.size(); i++) {
          Tensor states = model.allStates(model.pack(List.of(texts.get(i))));
          assertClose(states, golden.tensor("states." + i, DType.FLOAT32), "text " + i);
        }
      }
    }

    /// Packed, with shared prefix, and twice in one batch.
    void assertStatesTogether() {
      List<int[]> batch = new ArrayList<>(texts);
      batch.addAll(texts.reversed());
      try (Transformer model = model(DType.FLOAT32)) {
        Tensor states = model.lastStates(model.pack(batch));
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
          Transformer model = model(dtype);
          LoraAdapter lora =
              LoraAdapter.of(
                  new LoraConfig(4, 8, 0),
                  model.linearMaps(),
                  dtype,
                  adapters(model.linearMaps(), dtype))) {
        var cotangents = new ArrayList<Tensor>();
        for (int i = 0; i < texts.size(); i++) {
          cotangents.add(golden.tensor("cotangent." + i, dtype).view(1, config.hidden()));
        }
        Tensor cotangent = Tensor.concatenate(cotangents);
        try (var pass = PooledPass.of(pooling(), model, model.pack(texts), lora, 0)) {
          double scalar = pass.output().times(cotangent).sum();
          assertThat(scalar)
              .isCloseTo(description.get("scalar").doubleValue(), within(tolerance * 100));
          pass.backward(cotangent);
        }
        Map<String, Matrices> gradients = lora.gradientMatrices();
        for (FusedMap fused : model.linearMaps()) {
          storedMaps(fused)
              .forEach(
                  (map, names) -> {
                    List<Matrices> parts = names.stream().map(gradients::get).toList();
                    assertRelative(sumOfA(parts), "grad." + map + ".A", tolerance);
                    assertRelative(rowsOfB(parts), "grad." + map + ".B", tolerance);
                  });
        }
        long golds = golden.names().stream().filter(name -> name.startsWith("grad.")).count();
        assertThat(golds).isEqualTo(2L * lora.storedMatrices().size());
      }
    }

    private Transformer model(DType dtype) {
      return Models.transformer(config, weights, dtype);
    }

    private Pooling pooling() {
      return switch (description.path("pooling").asString("last")) {
        case "last" -> Pooling.LAST_TOKEN;
        case "mean" -> Pooling.MEAN;
        case "cls" -> Pooling.CLS;
        default -> throw new IllegalArgumentException(description.toString());
      };
    }

    /// The parts of a map by the names of the files: Phi-3's have several parts each.
    private static Map<String, List<String>> storedMaps(FusedMap fused) {
      List<String> parts = fused.parts().stream().map(FusedMap.Part::name).toList();
      if (fused.joined().isPresent()) {
        return Map.of(fused.joined().get(), parts);
      }
      var maps = new LinkedHashMap<String, List<String>>();
      parts.forEach(part -> maps.put(part, List.of(part)));
      return maps;
    }

    /// An `A` that parts share has the sum of their gradients.
    private static Tensor sumOfA(List<Matrices> parts) {
      return parts.stream().map(Matrices::a).reduce(Tensor::plus).orElseThrow();
    }

    private static Tensor rowsOfB(List<Matrices> parts) {
      return Tensor.concatenate(parts.stream().map(Matrices::b).toList());
    }

    private Map<String, Matrices> adapters(List<FusedMap> maps, DType dtype) {
      var adapters = new LinkedHashMap<String, Matrices>();
      for (FusedMap fused : maps) {
        long row = 0;
        for (FusedMap.Part part : fused.parts()) {
          String stored = fused.joined().orElse(part.name());
          Tensor b = golden.tensor("lora." + stored + ".B", dtype);
          Tensor rows = b.narrow(0, fused.joined().isPresent() ? row : 0, part.outputs());
          adapters.put(
              part.name(), new Matrices(golden.tensor("lora." + stored + ".A", dtype), rows));
          row += part.outputs();
        }
      }
      return adapters;
    }

    /// What is loaded is given back under the same names.
    void assertWeightsComeBack() {
      try (Transformer model = model(DType.FLOAT32)) {
        Map<String, Tensor> back = model.weights();
        assertThat(back.keySet()).containsExactlyInAnyOrderElementsOf(weights.names());
        assertThat(model.parameters())
            .isEqualTo(back.values().stream().mapToLong(t -> Tensor.elements(t.shape())).sum());
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
