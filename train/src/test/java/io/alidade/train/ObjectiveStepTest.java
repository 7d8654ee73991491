package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.train.batch.Batch;
import io.alidade.train.objective.Angle;
import io.alidade.train.objective.CoSent;
import io.alidade.train.objective.CosineMse;
import io.alidade.train.objective.Direction;
import io.alidade.train.objective.Distillation;
import io.alidade.train.objective.FalseNegatives;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.objective.MarginMse;
import io.alidade.train.objective.Matryoshka;
import io.alidade.train.objective.Objective;
import io.alidade.train.objective.Softmax;
import io.alidade.train.objective.Triplet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// GradCache with every objective.
class ObjectiveStepTest {
  @TempDir Path folder;

  static List<Objective> objectives() {
    return List.of(
        new InfoNce(0.02, true, List.of(Direction.values()), new FalseNegatives(true, true, 0.1)),
        CoSent.defaults(),
        Angle.defaults(),
        Distillation.defaults(),
        MarginMse.defaults(),
        CosineMse.defaults(),
        Triplet.defaults(),
        new Softmax(List.of("a", "b", "c")),
        new Matryoshka(CoSent.defaults(), List.of(48, 16), List.of(1.0, 0.5)));
  }

  @ParameterizedTest
  @MethodSource("objectives")
  void run_inChunks_hasTheGradientOfOnePiece(Objective objective) {
    try (var _ = TensorScope.open();
        GoldenStepTest.Setting setting = GoldenStepTest.setting(DType.FLOAT64, folder);
        Trained trained = trained(setting, objective)) {
      double whole = run(setting, trained, objective, 10_000);
      List<Tensor> expected = trained.gradients().stream().map(Tensor::copy).toList();
      trained.clearGradients();
      assertThat(run(setting, trained, objective, 40)).isCloseTo(whole, within(1e-9));
      for (int i = 0; i < expected.size(); i++) {
        double norm = expected.get(i).norm();
        assertThat(norm).isPositive();
        assertThat(trained.gradients().get(i).minus(expected.get(i)).norm() / norm)
            .isLessThan(1e-9);
      }
    }
  }

  /// SimCSE's premise: a text that stands twice in a batch is computed twice, each time with a mask
  /// of its own, within a part and across parts.
  @ParameterizedTest
  @ValueSource(ints = {10_000, 40})
  void run_sameTextTwiceWithDropout_hasTwoVectors(int chunkTokens) {
    try (var _ = TensorScope.open();
        GoldenStepTest.Setting setting = GoldenStepTest.setting(DType.FLOAT32, folder);
        LoraAdapter lora =
            LoraAdapter.initial(
                LoraConfig.defaults(), setting.decoder().linearMaps(), DType.FLOAT32, 5)) {
      lora.parameters().copyFrom(Tensor.normal(6, 0.1, DType.FLOAT32, lora.parameters().size(0)));
      assertThat(LoraConfig.defaults().dropout()).isPositive();
      Trained trained = Trained.of(lora);
      try (var step =
          new ContrastiveStep(
              setting.decoder(),
              Pooling.LAST_TOKEN,
              trained,
              CosineMse.defaults(),
              ContrastiveStep.Chunking.of(chunkTokens, false))) {
        double loss = step.run(copies(), 7).loss();
        assertThat(loss).isGreaterThan(1e-6);
        assertThat(step.run(copies(), 7).loss()).isEqualTo(loss);
        assertThat(step.run(copies(), 8).loss()).isNotEqualTo(loss);
      }
    }
  }

  /// Each query as its own positive, which should be at cosine 1.
  private static ContrastiveStep.Ids copies() {
    List<int[]> texts = GoldenStepTest.ids().queries();
    var examples = new ArrayList<Example>();
    for (int i = 0; i < texts.size(); i++) {
      String text = "text " + i;
      examples.add(
          Example.of(TaskKind.STS, "en", "", text, text, List.of(), Map.of())
              .withAnnotation(Annotation.ofScore(1)));
    }
    return new ContrastiveStep.Ids(texts, texts, Batch.of(examples, 0).relation());
  }

  private static Trained trained(GoldenStepTest.Setting setting, Objective objective) {
    int hidden = setting.decoder().config().hidden();
    return new Trained(
        setting.lora(),
        Optional.empty(),
        objective
            .classifier(hidden)
            .map(shape -> TrainedClassifier.initial(shape, DType.FLOAT64, 3)));
  }

  private static double run(
      GoldenStepTest.Setting setting, Trained trained, Objective objective, int chunkTokens) {
    try (var step =
        new ContrastiveStep(
            setting.decoder(),
            Pooling.LAST_TOKEN,
            trained,
            objective,
            ContrastiveStep.Chunking.of(chunkTokens, false))) {
      return step.run(GoldenStepTest.ids(), 0).loss();
    }
  }
}
