package io.alidade.benchmarks;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.model.TextEmbedder;
import io.alidade.model.head.Pooling;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.MatrixSpeed;
import io.alidade.train.ContrastiveStep;
import io.alidade.train.Trained;
import io.alidade.train.Tuning;
import io.alidade.train.batch.Batch;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.optimizer.AdamW;
import io.alidade.train.optimizer.OptimizerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Training on triplets in the file's order, as `benchmarks/python/training_speed.py` does it:
/// prints one JSON line with real tokens a second, peak memory, and the share of the machine's
/// speed in products of matrices that computed tokens at four operations a weight come to: forward,
/// and back through the states. Products of the adapter itself and attention come on top. The
/// machine's speed is measured between the steps, since neighbours change it.
///
/// Arguments: GGUF, JSONL, instruction, batch, steps, warm-up steps, max tokens, chunk tokens, and
/// the words `full` for all weights in place of LoRA and `recompute`.
public final class TrainingSpeed {
  /// A token and a weight: a multiplication and an addition, forward and back.
  private static final int OPERATIONS = 4;

  private TrainingSpeed() {}

  public static void main(String[] arguments) {
    int batchSize = Integer.parseInt(arguments[3]);
    int steps = Integer.parseInt(arguments[4]);
    int warmup = Integer.parseInt(arguments[5]);
    int maxTokens = Integer.parseInt(arguments[6]);
    int chunkTokens = Integer.parseInt(arguments[7]);
    var defaults = new TrainingDefaults(arguments[2], TaskKind.SHORT_LONG, "en");
    List<Example> examples = TrainingFile.read(Path.of(arguments[1]), defaults);
    List<String> words = List.of(arguments).subList(8, arguments.length);
    Tuning tuning = words.contains("full") ? new Tuning.Full() : new Tuning.Lora(16, 32, 0);
    try (TextEmbedder model = Backbones.open(Path.of(arguments[0]), Pooling.LAST_TOKEN, maxTokens);
        Trained trained = Trained.of(tuning.initial(model.transformer(), 1));
        AdamW optimizer =
            new AdamW(OptimizerConfig.defaults(), trained.parameters(), trained.decayed());
        ContrastiveStep step =
            new ContrastiveStep(
                model.transformer(),
                Pooling.LAST_TOKEN,
                trained,
                InfoNce.defaults(),
                ContrastiveStep.Chunking.of(chunkTokens, words.contains("recompute")))) {
      long real = 0;
      long computed = 0;
      double seconds = 0;
      double ceiling = 0;
      var losses = new ArrayList<String>();
      for (int i = 0; i < warmup + steps; i++) {
        List<Example> members =
            examples.subList(
                i * batchSize % (examples.size() - batchSize),
                i * batchSize % (examples.size() - batchSize) + batchSize);
        double speed = i >= warmup ? MatrixSpeed.operationsPerSecond() : 0;
        long start = System.nanoTime();
        var ids =
            ContrastiveStep.Ids.of(
                Batch.of(members, 1),
                model.template(),
                texts -> model.tokenizer().encodeAll(texts, maxTokens));
        trained.clearGradients();
        ContrastiveStep.Outcome outcome = step.run(ids, i);
        optimizer.step(trained.gradients(), i, 1e-4);
        double elapsed = (System.nanoTime() - start) / 1e9;
        System.err.printf(
            "step %d loss %.4f %d real %d computed %.2f s %.0f real tokens/s, %d MB%n",
            i,
            outcome.loss(),
            outcome.realTokens(),
            outcome.computedTokens(),
            elapsed,
            outcome.realTokens() / elapsed,
            LibTorch.residentBytes() >> 20);
        if (i >= warmup) {
          real += outcome.realTokens();
          computed += outcome.computedTokens();
          seconds += elapsed;
          ceiling += speed / steps;
        }
        losses.add(String.format(Locale.ROOT, "%.4f", outcome.loss()));
      }
      System.out.printf(
          "{\"tool\": \"alidade\", \"real_tokens_per_second\": %.1f,"
              + " \"computed_tokens_per_second\": %.1f, \"gflops_of_products\": %.0f,"
              + " \"share_of_ceiling\": %.2f, \"peak_rss_mb\": %d, \"losses\": %s,"
              + " \"blas\": \"%s\"}%n",
          real / seconds,
          computed / seconds,
          ceiling / 1e9,
          OPERATIONS * weights(model.transformer()) * computed / seconds / ceiling,
          PeakMemory.megabytes(),
          losses,
          LibTorch.setup().blas());
    }
  }

  /// Those that each token is multiplied with: all but the embeddings.
  private static long weights(Transformer transformer) {
    long embeddings = (long) transformer.config().vocabulary() * transformer.config().hidden();
    return transformer.parameters() - embeddings;
  }
}
