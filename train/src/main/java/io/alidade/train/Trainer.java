package io.alidade.train;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.PromptTemplate;
import io.alidade.model.head.Pooling;
import io.alidade.model.transformer.Transformer;
import io.alidade.tensor.LibTorch;
import io.alidade.tensor.MatrixSpeed;
import io.alidade.tensor.TensorScope;
import io.alidade.train.batch.Batch;
import io.alidade.train.batch.BatchPlan;
import io.alidade.train.batch.Epoch;
import io.alidade.train.batch.ExampleList;
import io.alidade.train.batch.ExampleStore;
import io.alidade.train.checkpoint.Checkpoints;
import io.alidade.train.optimizer.AdamW;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/// The loop: batch after batch, each a step of the optimizer, with log and checkpoints. A run that
/// was stopped goes on at its last checkpoint and ends with the same bits.
public final class Trainer {
  /// How many batches an estimate looks at.
  private static final int ESTIMATED_BATCHES = 24;

  /// What is trained, and how its texts become token ids.
  ///
  /// @param pooling how the states of a text's tokens become its vector
  /// @param tokenizer texts → ids that end in end-of-sequence, none longer than the recipe's
  ///   `maxTokens`
  public record Trainee(
      Transformer transformer,
      Pooling pooling,
      PromptTemplate template,
      Function<List<String>, List<int[]>> tokenizer) {}

  /// What a run came to.
  ///
  /// @param steps done in all
  /// @param resumedAt the step this process began after, 0 for a fresh run
  public record Summary(int steps, int resumedAt, double lastLoss) {}

  private final Trainee trainee;
  private final TrainRecipe recipe;
  private final ExampleStore examples;
  private final BatchPlan plan;
  private final TrainingLog log;
  private final Checkpoints checkpoints;
  private final int steps;

  /// Over examples in memory.
  public Trainer(Trainee trainee, TrainRecipe recipe, List<Example> examples, Path folder) {
    this(trainee, recipe, new ExampleList(examples), folder);
  }

  /// @param examples stay the caller's, and are read while this runs
  public Trainer(Trainee trainee, TrainRecipe recipe, ExampleStore examples, Path folder) {
    this.trainee = trainee;
    this.recipe = recipe;
    this.examples = examples;
    this.plan = new BatchPlan(examples.table(), recipe.batch(), recipe.seed());
    this.log = new TrainingLog(folder.resolve(TrainingLog.FILE_NAME));
    this.checkpoints = new Checkpoints(folder.resolve("checkpoints"), recipe.checkpoint());
    this.steps =
        recipe.steps() > 0
            ? recipe.steps()
            : IntStream.range(0, recipe.epochs()).map(epoch -> plan.epoch(epoch).size()).sum();
  }

  /// Steps of the whole run.
  public int steps() {
    return steps;
  }

  /// What the steps after the last checkpoint will take, from some of the first epoch's batches and
  /// the machine's speed, which is measured for that.
  public TrainingEstimate estimate() {
    Epoch batches = plan.epoch(0);
    int stride = Math.max(1, batches.size() / ESTIMATED_BATCHES);
    long rows = 0;
    long sampled = 0;
    boolean cached = false;
    for (int i = 0; i < batches.size(); i += stride) {
      List<int[]> sequences = ids(batch(batches, i)).all();
      rows += trainee.transformer().pack(sequences).rows();
      sampled++;
      cached |= sequences.stream().mapToInt(ids -> ids.length).sum() > chunkTokens();
    }
    Transformer transformer = trainee.transformer();
    long embeddings = (long) transformer.config().vocabulary() * transformer.config().hidden();
    int layers = transformer.config().layers();
    double trained = (double) (layers - recipe.tuning().firstLayer()) / layers;
    double backward = recipe.tuning().backwardPasses() + (recipe.recompute() ? 1 : 0);
    return new TrainingEstimate(
        steps - checkpoints.newest(),
        (double) rows / sampled,
        transformer.parameters() - embeddings,
        (cached ? 2 : 1) + trained * backward,
        MatrixSpeed.operationsPerSecond(recipe.precision().products()));
  }

  /// A recipe that leaves it open has batches computed whole.
  private int chunkTokens() {
    return recipe.chunkTokens() > 0 ? recipe.chunkTokens() : Integer.MAX_VALUE;
  }

  private Batch batch(Epoch epoch, int index) {
    return Batch.ofMembers(
        examples.read(epoch.batch(index), epoch.number()), recipe.hardNegatives());
  }

  private ContrastiveStep.Ids ids(Batch batch) {
    return ContrastiveStep.Ids.of(batch, trainee.template(), trainee.tokenizer());
  }

  /// Trains in place to the last step.
  ///
  /// @throws TrainingDivergedException when loss or gradient are not finite
  /// @throws InterruptedRunException when the signal says so, after a checkpoint
  public Summary run(Trained trained, Progress progress, StopSignal signal) {
    return run(trained, progress, signal, Optional.empty());
  }

  /// As [#run(Trained, Progress, StopSignal)].
  ///
  /// @param scores measure steps, of which the best may take the place of the last
  Summary run(Trained trained, Progress progress, StopSignal signal, Optional<StepScores> scores) {
    try (var step =
            new ContrastiveStep(
                trainee.transformer(),
                trainee.pooling(),
                trained,
                recipe.objective(),
                ContrastiveStep.Chunking.of(chunkTokens(), recipe.recompute()));
        var optimizer = new AdamW(recipe.optimizer(), trained.parameters(), trained.decayed())) {
      int done = checkpoints.restore(trained.parameters(), optimizer).orElse(0);
      log.truncateAfter(done);
      scores.ifPresent(each -> each.truncateAfter(done));
      var loop = new Loop(step, trained, optimizer, progress, signal, scores, done);
      Summary summary = loop.run();
      scores.ifPresent(each -> each.restoreBest(steps, trained, optimizer));
      return summary;
    }
  }

  private final class Loop {
    private final ContrastiveStep step;
    private final Trained trained;
    private final AdamW optimizer;
    private final Progress progress;
    private final StopSignal signal;
    private final Optional<StepScores> scores;
    private final int resumedAt;
    private long savedAt = System.nanoTime();
    private int done;
    private int epoch;
    private double lastLoss = Double.NaN;

    Loop(
        ContrastiveStep step,
        Trained trained,
        AdamW optimizer,
        Progress progress,
        StopSignal signal,
        Optional<StepScores> scores,
        int resumedAt) {
      this.step = step;
      this.trained = trained;
      this.optimizer = optimizer;
      this.progress = progress;
      this.signal = signal;
      this.scores = scores;
      this.resumedAt = resumedAt;
    }

    Summary run() {
      int first = 0;
      for (epoch = 0; done < steps; epoch++) {
        Epoch batches = plan.epoch(epoch);
        for (int i = 0; i < batches.size() && done < steps; i++) {
          if (first + i < resumedAt) {
            done++;
          } else {
            record(step(batches, i));
            scores.ifPresent(each -> each.measure(done, steps, trained, optimizer));
            saveIfDue();
          }
        }
        first += batches.size();
      }
      return new Summary(steps, resumedAt, lastLoss);
    }

    private TrainingLog.Line step(Epoch batches, int index) {
      long start = System.nanoTime();
      Batch batch = batch(batches, index);
      ContrastiveStep.Ids ids = ids(batch);
      try (var _ = TensorScope.open()) {
        trained.clearGradients();
        ContrastiveStep.Outcome outcome = step.run(ids, recipe.seed() * 1_000_003 + done);
        double norm = optimizer.clip(trained.gradients());
        if (!Double.isFinite(outcome.loss()) || !Double.isFinite(norm)) {
          throw new TrainingDivergedException(done + 1, outcome.loss(), batch.ids(), kept());
        }
        double learningRate = recipe.optimizer().learningRateAt(done, steps);
        optimizer.step(trained.gradients(), done, learningRate);
        done++;
        double seconds = (System.nanoTime() - start) / 1e9;
        return new TrainingLog.Line(
            done,
            epoch,
            outcome.loss(),
            norm,
            learningRate,
            outcome.realTokens(),
            outcome.computedTokens(),
            ids.paddedTokens(),
            outcome.realTokens() / seconds,
            seconds,
            System.currentTimeMillis(),
            LibTorch.residentBytes(),
            batch.ids());
      }
    }

    private void record(TrainingLog.Line line) {
      lastLoss = line.loss();
      log.append(line);
      String detail =
          String.format(
              Locale.ROOT, "loss %.3f, %.0f tokens/s", line.loss(), line.tokensPerSecond());
      progress.update(done, steps, detail);
    }

    private void saveIfDue() {
      boolean stop = signal.stopRequested() && done < steps;
      double seconds = (System.nanoTime() - savedAt) / 1e9;
      if (stop || done == steps || recipe.checkpoint().due(done, seconds)) {
        checkpoints.write(done, trained.parameters(), optimizer);
        savedAt = System.nanoTime();
      }
      if (stop) {
        throw new InterruptedRunException(done, steps);
      }
    }

    private String kept() {
      return checkpoints.all().stream()
          .findFirst()
          .map(file -> "the last checkpoint is " + file)
          .orElse("there is no checkpoint yet");
    }
  }
}
