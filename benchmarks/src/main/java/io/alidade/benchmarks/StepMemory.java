package io.alidade.benchmarks;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.model.TextEmbedder;
import io.alidade.model.head.Pooling;
import io.alidade.tensor.ComputeThreads;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.TensorScope;
import io.alidade.train.ContrastiveStep;
import io.alidade.train.Trained;
import io.alidade.train.Tuning;
import io.alidade.train.batch.Batch;
import io.alidade.train.memory.MemoryNeed;
import io.alidade.train.memory.MemoryPlan;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.optimizer.AdamW;
import io.alidade.train.optimizer.OptimizerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// The memory of a training step over pairs of random tokens, none of them shared, in chunks that a
/// limit chooses: what was planned beside what it took.
///
/// Arguments: GGUF, pairs, tokens a text, limit in GiB, and the word `recompute`.
public final class StepMemory {
  private static final double GIB = 0x1p30;

  private StepMemory() {}

  public static void main(String[] arguments) {
    int pairs = Integer.parseInt(arguments[1]);
    int tokens = Integer.parseInt(arguments[2]);
    long limit = MemoryPlan.limitBytes(Double.parseDouble(arguments[3]));
    boolean recompute = List.of(arguments).subList(4, arguments.length).contains("recompute");
    try (TextEmbedder model = Backbones.open(Path.of(arguments[0]), Pooling.LAST_TOKEN, tokens);
        Trained trained = Trained.of(new Tuning.Lora(16, 32, 0).initial(model.transformer(), 1));
        AdamW optimizer =
            new AdamW(OptimizerConfig.defaults(), trained.parameters(), trained.decayed())) {
      int threads = ComputeThreads.count();
      MemoryNeed need =
          MemoryNeed.measure(
              model.transformer(),
              trained.weights(),
              trained.parameters(),
              recompute,
              tokens,
              threads);
      MemoryPlan plan = MemoryPlan.of(limit, need, threads * tokens);
      var chunking = ContrastiveStep.Chunking.of(plan.chunkTokens(), recompute);
      try (var step =
              new ContrastiveStep(
                  model.transformer(), Pooling.LAST_TOKEN, trained, InfoNce.defaults(), chunking);
          var _ = TensorScope.open()) {
        trained.clearGradients();
        long start = System.nanoTime();
        step.run(ids(pairs, tokens, model.transformer().config().vocabulary()), 1);
        optimizer.step(trained.gradients(), 0, 1e-4);
        System.out.printf(
            "{\"pairs\": %d, \"tokens\": %d, \"recompute\": %b, \"limit_gib\": %.1f,"
                + " \"chunk_tokens\": %d, \"held_gib\": %.2f, \"token_kib\": %d, \"peak_gib\": %.2f,"
                + " \"resident_after_gib\": %.2f, \"seconds\": %.0f}%n",
            pairs,
            tokens,
            recompute,
            limit / GIB,
            plan.chunkTokens(),
            plan.heldBytes() / GIB,
            plan.tokenBytes() >> 10,
            PeakMemory.megabytes() / 1024.0,
            LibTorch.residentBytes() / GIB,
            (System.nanoTime() - start) / 1e9);
      }
    }
  }

  private static ContrastiveStep.Ids ids(int pairs, int tokens, int vocabulary) {
    var random = new SplittableRandom(1);
    List<Example> examples =
        IntStream.range(0, pairs)
            .mapToObj(
                i ->
                    Example.of(
                        TaskKind.SHORT_LONG,
                        "en",
                        "find",
                        "query " + i,
                        "document " + i,
                        List.of(),
                        Map.of()))
            .toList();
    var queries = new ArrayList<int[]>();
    var documents = new ArrayList<int[]>();
    for (int i = 0; i < pairs; i++) {
      queries.add(random.ints(tokens, 0, vocabulary).toArray());
      documents.add(random.ints(tokens, 0, vocabulary).toArray());
    }
    return new ContrastiveStep.Ids(queries, documents, Batch.of(examples, 0).relation());
  }
}
