package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.alidade.model.ComputeTypes;
import io.alidade.model.head.PooledPass;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.lora.LoraConfig;
import io.alidade.model.transformer.BalancedParts;
import io.alidade.model.transformer.FullWeights;
import io.alidade.model.transformer.PackedTokens;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.model.transformer.TrainingPass;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.ComputeThreads;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.objective.Vectors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// However a step is cut, recomputed and spread over threads, its gradient is that of the one-piece
/// loss.
class GradientCombinationsTest {
  private static final int WHOLE = 10_000;
  private static final int SMALL = 30;
  private static final long SEED = 7;
  private static final InfoNce OBJECTIVE = new InfoNce(0.05, true);

  @TempDir Path folder;

  /// What of a model is trained.
  enum Kind {
    LORA,
    LORA_WITH_DROPOUT,
    FULL;

    TrainedWeights of(Transformer transformer) {
      if (this == FULL) {
        return FullWeights.of(transformer);
      }
      DType dtype = transformer.dtype();
      var config = new LoraConfig(3, 6, dropout());
      LoraAdapter lora = LoraAdapter.initial(config, transformer.linearMaps(), dtype, 5);
      lora.parameters().add(Tensor.normal(6, 0.1, dtype, lora.parameters().size(0)));
      return lora;
    }

    double dropout() {
      return this == LORA_WITH_DROPOUT ? 0.2 : 0;
    }
  }

  record Combination(String model, Kind kind, boolean gradCache, boolean recompute, int threads) {
    int chunkTokens() {
      return gradCache ? SMALL : WHOLE;
    }
  }

  static Stream<Combination> combinations() {
    var all = new ArrayList<Combination>();
    for (String model : List.of("llama", "bert")) {
      for (Kind kind : Kind.values()) {
        for (int bits = 0; bits < 8; bits++) {
          boolean gradCache = (bits & 1) != 0;
          boolean recompute = (bits & 2) != 0;
          all.add(new Combination(model, kind, gradCache, recompute, (bits & 4) != 0 ? 2 : 1));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("combinations")
  void run_anyCombination_givesTheGradientOfTheOnePieceLoss(Combination given) {
    assumeTrue(ComputeThreads.count() >= given.threads, "this machine has one processor");
    assertGradient(given, DType.FLOAT64, 1e-9);
    assertGradient(given, DType.FLOAT32, 1e-4);
  }

  private void assertGradient(Combination given, DType dtype, double tolerance) {
    try (var _ = TensorScope.open();
        TinyTuning tiny = TinyTuning.open(given.model, ComputeTypes.of(dtype), folder);
        TrainedWeights weights = given.kind.of(tiny.transformer())) {
      onePiece(tiny, weights, parts(tiny, given));
      List<Tensor> expected = weights.gradientVectors().stream().map(Tensor::copy).toList();
      weights.gradientVectors().forEach(gradient -> gradient.fill(0));
      run(tiny, weights, given);
      double largest = expected.stream().mapToDouble(Tensor::norm).max().orElseThrow();
      for (int i = 0; i < expected.size(); i++) {
        double difference = weights.gradientVectors().get(i).minus(expected.get(i)).norm();
        double norm = Math.max(expected.get(i).norm(), 1e-3 * largest);
        assertThat(difference / norm).as("%s, vector %d", dtype, i).isLessThan(tolerance);
      }
    }
  }

  private static void run(TinyTuning tiny, TrainedWeights weights, Combination given) {
    try (var step =
        new ContrastiveStep(
            tiny.transformer(),
            tiny.pooling(),
            Trained.of(weights),
            OBJECTIVE,
            new ContrastiveStep.Chunking(given.chunkTokens(), given.recompute, given.threads))) {
      step.run(tiny.ids(), SEED);
    }
  }

  /// The whole batch as one part; but dropout's masks are those of a part, so that with dropout the
  /// parts are the step's.
  private static List<List<Integer>> parts(TinyTuning tiny, Combination given) {
    List<int[]> sequences = tiny.ids().all();
    if (given.kind.dropout() == 0) {
      return List.of(IntStream.range(0, sequences.size()).boxed().toList());
    }
    int real = sequences.stream().mapToInt(ids -> ids.length).sum();
    int chunks = Math.ceilDiv(real, given.chunkTokens());
    return BalancedParts.of(sequences, given.threads * chunks, false);
  }

  /// Plainly: all passes kept, vectors of all, the loss, and all passes backwards.
  private static void onePiece(TinyTuning tiny, TrainedWeights weights, List<List<Integer>> parts) {
    List<int[]> sequences = tiny.ids().all();
    var passes = new ArrayList<TrainingPass>();
    Tensor states =
        Tensor.empty(
            tiny.transformer().dtype(), sequences.size(), tiny.transformer().config().hidden());
    for (List<Integer> part : parts) {
      List<int[]> own = part.stream().map(sequences::get).toList();
      PackedTokens packed = PackedTokens.withoutSharing(own);
      long seed = SEED * 31 + passes.size();
      TrainingPass pass = PooledPass.of(tiny.pooling(), tiny.transformer(), packed, weights, seed);
      passes.add(pass);
      states.setRows(rows(part), pass.output());
    }
    Tensor norms = states.norms();
    Tensor vectors = states.times(norms.inverse());
    Tensor ofVectors = gradient(tiny, vectors);
    Tensor along = ofVectors.times(vectors).sumLast();
    Tensor ofStates = ofVectors.minus(vectors.times(along)).times(norms.inverse());
    for (int i = 0; i < passes.size(); i++) {
      passes.get(i).backward(ofStates.rows(rows(parts.get(i))));
      passes.get(i).close();
    }
  }

  private static Tensor gradient(TinyTuning tiny, Tensor vectors) {
    long queries = tiny.ids().queries().size();
    long candidates = tiny.ids().candidates().size();
    Vectors given =
        Vectors.of(vectors.narrow(0, 0, queries), vectors.narrow(0, queries, candidates));
    Vectors gradient = OBJECTIVE.compute(given, tiny.ids().relation()).gradient();
    return Tensor.concatenate(List.of(gradient.queries(), gradient.candidates()));
  }

  private static Tensor rows(List<Integer> members) {
    return Tensor.of(members.stream().mapToLong(Integer::longValue).toArray());
  }
}
