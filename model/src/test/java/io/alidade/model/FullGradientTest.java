package io.alidade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.head.PooledPass;
import io.alidade.model.head.Pooling;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.GradientOrder;
import io.alidade.model.transformer.PassSettings;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The gradients of all weights of every family's small model equal PyTorch's; goldens made by
/// `testkit/scripts/golden_tuning.py`.
class FullGradientTest {
  private static final JsonNode GOLDEN = Golden.json("tuning/families.json");

  @TempDir Path folder;

  static Stream<String> families() {
    return GOLDEN.propertyNames().stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void backward_allWeights_equalsPyTorch(String family) {
    assertGradients(family, false);
  }

  @ParameterizedTest
  @MethodSource("families")
  void backward_allWeightsRecomputed_equalsPyTorch(String family) {
    assertGradients(family, true);
  }

  private void assertGradients(String family, boolean recompute) {
    String path = "families/" + family + "/";
    JsonNode description = Golden.json(path + "golden.json");
    try (var _ = TensorScope.open();
        var states = SafetensorsFile.open(Golden.file(path + "states.safetensors", folder));
        Transformer model = model(path);
        FullWeights weights = FullWeights.of(model)) {
      var texts = new ArrayList<int[]>();
      var cotangents = new ArrayList<Tensor>();
      for (JsonNode ids : description.get("ids")) {
        Tensor cotangent = states.tensor("cotangent." + texts.size(), DType.FLOAT64);
        cotangents.add(cotangent.view(1, model.config().hidden()));
        texts.add(ids.valueStream().mapToInt(JsonNode::intValue).toArray());
      }
      var settings = new PassSettings(OptionalLong.of(0), recompute, GradientOrder.Turn.ANY);
      try (var pass =
          PooledPass.of(
              pooling(description),
              Optional.empty(),
              model,
              model.pack(texts),
              weights,
              settings)) {
        pass.backward(Tensor.concatenate(cotangents));
      }
      assertEqual(byName(model, weights), GOLDEN.get(family));
    }
  }

  private Transformer model(String path) {
    try (var weights = SafetensorsFile.open(Golden.file(path + "model.safetensors", folder))) {
      TransformerConfig config = HuggingFaceConfig.read(Golden.file(path + "config.json", folder));
      return Models.transformer(config, weights, DType.FLOAT64);
    }
  }

  private static Pooling pooling(JsonNode description) {
    return switch (description.path("pooling").asString("last")) {
      case "last" -> Pooling.LAST_TOKEN;
      case "mean" -> Pooling.MEAN;
      case "cls" -> Pooling.CLS;
      default -> throw new IllegalArgumentException(description.toString());
    };
  }

  /// The gradients as the weights are written: what these change by when the gradients are added.
  private static Map<String, Tensor> byName(Transformer model, FullWeights weights) {
    var before = new LinkedHashMap<String, Tensor>();
    model.weights().forEach((name, tensor) -> before.put(name, tensor.copy()));
    List<Tensor> gradients = weights.gradientVectors();
    for (int i = 0; i < gradients.size(); i++) {
      weights.vectors().get(i).add(gradients.get(i));
    }
    var changes = new LinkedHashMap<String, Tensor>();
    model
        .weights()
        .forEach(
            (name, after) ->
                changes.put(name, after.minus(Objects.requireNonNull(before.get(name)))));
    return changes;
  }

  /// By each weight's norm and its product with a vector of sines.
  private static void assertEqual(Map<String, Tensor> gradients, JsonNode golden) {
    double largest =
        golden.valueStream().mapToDouble(pair -> pair.get(0).doubleValue()).max().orElseThrow();
    for (String name : golden.propertyNames()) {
      double[] values = Objects.requireNonNull(gradients.get(name), name).toDoubles();
      double squares = 0;
      double product = 0;
      for (int i = 0; i < values.length; i++) {
        squares += values[i] * values[i];
        product += values[i] * Math.sin(i + 1);
      }
      JsonNode expected = golden.get(name);
      var tolerance = within(1e-9 * Math.max(expected.get(0).doubleValue(), 1e-3 * largest));
      assertThat(Math.sqrt(squares)).as(name).isCloseTo(expected.get(0).doubleValue(), tolerance);
      assertThat(product).as(name).isCloseTo(expected.get(1).doubleValue(), tolerance);
    }
    long others = gradients.keySet().stream().filter(name -> !golden.has(name)).count();
    assertThat(others).isEqualTo(carried(gradients));
  }

  private static long carried(Map<String, Tensor> gradients) {
    return gradients.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith("pooler."))
        .peek(entry -> assertThat(entry.getValue().norm()).isZero())
        .count();
  }
}
