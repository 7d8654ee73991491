package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.Annotation;
import io.alidade.core.TextInput;
import io.alidade.model.DecoderConfig;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.decoder.LinearMaps;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraAdapter.Matrices;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.objective.Relation;
import io.alidade.train.objective.Relation.Source;
import io.alidade.train.optimizer.AdamW;
import io.alidade.train.optimizer.OptimizerConfig;
import io.alidade.train.optimizer.Schedule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// One step equals plain PyTorch's, golden made by `testkit/scripts/golden_training_step.py`.
class GoldenStepTest {
  private static final JsonNode GOLDEN = Golden.json("tiny-llama-step/batch.json");
  private static final int WHOLE = 10_000;

  @TempDir Path folder;

  @Test
  void gradient_float64_equalsPyTorch() {
    assertGradient(DType.FLOAT64, WHOLE, 1e-9);
  }

  @Test
  void gradient_float64InChunks_equalsPyTorch() {
    assertGradient(DType.FLOAT64, 40, 1e-9);
  }

  @Test
  void gradient_float32_equalsPyTorch() {
    assertGradient(DType.FLOAT32, WHOLE, 1e-4);
  }

  @Test
  void gradient_float32InChunks_equalsPyTorch() {
    assertGradient(DType.FLOAT32, 40, 1e-4);
  }

  @Test
  void threeSteps_float64_equalPyTorchsAdamW() {
    OptimizerConfig constant =
        new OptimizerConfig(1e-2, Schedule.CONSTANT, 0.1, 0, 0, 0.9, 0.999, 1e-8, 0);
    try (var _ = TensorScope.open();
        Setting setting = setting(DType.FLOAT64);
        AdamW optimizer = new AdamW(constant, List.of(setting.lora.parameters()))) {
      for (int step = 0; step < 3; step++) {
        setting.lora.gradients().fill(0);
        setting.run(WHOLE);
        optimizer.step(List.of(setting.lora.gradients()), step, constant.learningRate());
      }
      assertMatrices(setting, setting.lora.matrices(), "after3.", 1e-9);
    }
  }

  private void assertGradient(DType dtype, int chunkTokens, double tolerance) {
    try (var _ = TensorScope.open();
        Setting setting = setting(dtype)) {
      ContrastiveStep.Outcome outcome = setting.run(chunkTokens);
      assertThat(outcome.loss())
          .isCloseTo(GOLDEN.get("loss").doubleValue(), within(tolerance * 10));
      assertMatrices(setting, setting.lora.gradientMatrices(), "grad.", tolerance);
    }
  }

  /// The largest difference is at most the tolerance, relative to the tensor's norm.
  private static void assertMatrices(
      Setting setting, Map<String, Matrices> actual, String prefix, double tolerance) {
    assertThat(actual).hasSize(14);
    actual.forEach(
        (name, matrices) -> {
          assertTensor(setting.golden, prefix + name + ".A", matrices.a(), tolerance);
          assertTensor(setting.golden, prefix + name + ".B", matrices.b(), tolerance);
        });
  }

  static void assertTensor(SafetensorsFile golden, String name, Tensor actual, double tolerance) {
    Tensor expected = golden.tensor(name, DType.FLOAT64);
    double norm = expected.norm();
    assertThat(norm).as(name).isPositive();
    double difference = actual.to(DType.FLOAT64).minus(expected).norm();
    assertThat(difference / norm).as(name).isLessThan(tolerance);
  }

  /// The tiny decoder with an adapter.
  record Setting(SafetensorsFile golden, Decoder decoder, LoraAdapter lora)
      implements AutoCloseable {
    ContrastiveStep.Outcome run(int chunkTokens) {
      try (var step =
          new ContrastiveStep(
              decoder,
              Pooling.LAST_TOKEN,
              Trained.of(lora),
              new InfoNce(0.02, true),
              ContrastiveStep.Chunking.of(chunkTokens, false))) {
        return step.run(ids(), 0);
      }
    }

    @Override
    public void close() {
      lora.close();
      decoder.close();
      golden.close();
    }
  }

  private Setting setting(DType dtype) {
    return setting(dtype, folder);
  }

  static Setting setting(DType dtype, Path folder) {
    SafetensorsFile golden =
        SafetensorsFile.open(Golden.file("tiny-llama-step/step.safetensors", folder));
    var config = DecoderConfig.llama(2, 48, 6, 2, 8, 96, 260, 512, 10_000, 1e-5, true);
    var matrices = new LinkedHashMap<String, Matrices>();
    for (String name : golden.names()) {
      if (name.startsWith("lora.") && name.endsWith(".A")) {
        String map = name.substring("lora.".length(), name.length() - ".A".length());
        matrices.put(
            map,
            new Matrices(
                golden.tensor("lora." + map + ".A", dtype),
                golden.tensor("lora." + map + ".B", dtype)));
      }
    }
    LoraAdapter lora =
        LoraAdapter.of(new LoraConfig(4, 8, 0), LinearMaps.of(config), dtype, matrices);
    return new Setting(golden, Decoder.load(config, golden, dtype), lora);
  }

  static ContrastiveStep.Ids ids() {
    JsonNode ids = GOLDEN.get("ids");
    List<int[]> candidates = new ArrayList<>(sequences(ids.get("positive")));
    candidates.addAll(sequences(ids.get("negative")));
    List<int[]> queries = sequences(ids.get("query"));
    return new ContrastiveStep.Ids(queries, candidates, relation());
  }

  /// Three examples with a negative each, and all that an objective may want to know of them.
  private static Relation relation() {
    var queries = new ArrayList<Source>();
    var candidates = new ArrayList<Source>();
    for (int i = 0; i < 6; i++) {
      candidates.add(new Source(i % 3, TextInput.document("d" + i), ""));
    }
    for (int i = 0; i < 3; i++) {
      queries.add(new Source(i, TextInput.query("", "q" + i), ""));
    }
    var annotations =
        List.of(
            annotation(0, "a", 2.5, 0.5),
            annotation(1, "b", 0.0, 1.0),
            annotation(0.5, "a", 1.0, 0.0));
    return new Relation(queries, candidates, annotations);
  }

  private static Annotation annotation(double score, String label, Double... teacher) {
    return new Annotation(Optional.of(score), Optional.of(label), List.of(teacher), List.of());
  }

  private static List<int[]> sequences(JsonNode node) {
    var sequences = new ArrayList<int[]>();
    for (JsonNode sequence : node) {
      int[] ids = new int[sequence.size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = sequence.get(i).intValue();
      }
      sequences.add(ids);
    }
    return sequences;
  }
}
