package io.alidade.benchmarks;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.recipe.Recipe;
import io.alidade.data.EvaluationTask;
import io.alidade.data.TaskFolder;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.eval.EmbeddingEvaluator;
import io.alidade.eval.EvaluationSettings;
import io.alidade.eval.MeasuredModel;
import io.alidade.model.TextEmbedder;
import io.alidade.model.head.Pooling;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.model.transformer.TrainedWeights;
import io.alidade.train.InterruptedRunException;
import io.alidade.train.StopSignal;
import io.alidade.train.TrainRecipe;
import io.alidade.train.Trained;
import io.alidade.train.Trainer;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Trains by a recipe and measures on the task folders of `benchmarks/python/development_tasks.py`:
/// prints one JSON line. Training ends with the recipe, or after the processor time that
/// `cpu-minutes:10` among the overrides allows. With the word `raw` among the overrides it measures
/// what it is given as it is: the untrained backbone, or a model folder such as that of
/// `benchmarks/python/plain_loop.py`.
///
/// Arguments: GGUF or model folder, recipe, task folders joined by commas, folder for the run, then
/// `--set` overrides.
public final class DevelopmentScores {
  private static final int DOCUMENT_TOKENS = 256;
  private static final int DRAWS = 3;
  private static final String CPU_MINUTES = "cpu-minutes:";

  private DevelopmentScores() {}

  public static void main(String[] arguments) {
    List<String> overrides = Arrays.asList(arguments).subList(4, arguments.length);
    boolean raw = overrides.contains("raw");
    Recipe<TrainRecipe> recipe =
        Recipe.read(
            TrainRecipe.class,
            Path.of(arguments[1]),
            overrides.stream().filter(o -> o.contains("=")).toList());
    Pooling pooling = overrides.contains("mean") ? Pooling.MEAN : Pooling.LAST_TOKEN;
    try (TextEmbedder model = Backbones.open(Path.of(arguments[0]), pooling, DOCUMENT_TOKENS)) {
      long start = System.nanoTime();
      if (!raw) {
        train(recipe, model, Path.of(arguments[3]), signal(overrides));
      }
      double trained = (System.nanoTime() - start) / 1e9;
      var result = new StringBuilder("{\"training_seconds\": %.1f".formatted(trained));
      var description =
          new MeasuredModel(model.name(), "0", DOCUMENT_TOKENS, model.dimensions(), 0);
      EvaluationSettings defaults = EvaluationSettings.defaults();
      var settings =
          new EvaluationSettings(
              DRAWS,
              defaults.samplesPerClass(),
              defaults.seed(),
              defaults.depth(),
              defaults.keptHits(),
              defaults.threads());
      for (String folder : arguments[2].split(",", -1)) {
        EvaluationTask task = TaskFolder.read(folder);
        double score =
            new EmbeddingEvaluator(model, description, settings)
                .evaluate(task, Progress.NONE)
                .orElseThrow()
                .score();
        result.append(", \"%s\": %.4f".formatted(task.info().name(), score));
      }
      result.append(
          ", \"seconds\": %.1f, \"peak_rss_mb\": %d}"
              .formatted((System.nanoTime() - start) / 1e9, PeakMemory.megabytes()));
      System.out.println(result);
    }
  }

  private static void say(long done, long total, String detail) {
    if (done % 10 == 0) {
      System.err.println(done + "/" + total + " " + detail);
    }
  }

  private static StopSignal signal(List<String> overrides) {
    return overrides.stream()
        .filter(word -> word.startsWith(CPU_MINUTES))
        .findFirst()
        .map(word -> after(Double.parseDouble(word.substring(CPU_MINUTES.length()))))
        .orElse(StopSignal.NEVER);
  }

  private static StopSignal after(double minutes) {
    long start = processorNanos();
    return () -> processorNanos() - start >= minutes * 60e9;
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static void train(
      Recipe<TrainRecipe> recipe, TextEmbedder model, Path folder, StopSignal signal) {
    TrainRecipe settings = recipe.settings();
    Path data = recipe.resolve(settings.data().getFirst().path());
    List<Example> examples =
        TrainingFile.read(data, TrainingDefaults.of(settings.data().getFirst().instruction()));
    var trainee =
        new Trainer.Trainee(
            model.transformer(),
            settings.pooling(),
            model.template(),
            texts -> model.tokenizer().encodeAll(texts, settings.maxTokens()));
    try (TrainedWeights weights = settings.tuning().initial(model.transformer(), settings.seed())) {
      var trainer = new Trainer(trainee, settings, examples, folder);
      try {
        trainer.run(Trained.of(weights), DevelopmentScores::say, signal);
      } catch (InterruptedRunException e) {
        System.err.println(e.getMessage());
      }
      if (weights instanceof LoraAdapter lora) {
        model.transformer().merge(lora);
      }
    }
  }
}
