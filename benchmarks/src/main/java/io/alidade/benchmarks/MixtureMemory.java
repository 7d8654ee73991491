package io.alidade.benchmarks;

import io.alidade.core.recipe.RecipeBinder;
import io.alidade.core.recipe.RecipeTree;
import io.alidade.train.batch.BatchConfig;
import io.alidade.train.batch.BatchPlan;
import io.alidade.train.batch.Epoch;
import io.alidade.train.mixture.DataSource;
import io.alidade.train.mixture.Mixture;
import io.alidade.train.objective.InfoNce;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/// Writes a file of made-up examples, opens it as training does, plans an epoch, and reads batches
/// back: prints one JSON line with the seconds of each and the memory.
///
/// Arguments: folder to write in, examples, examples a batch, batches to read, `masked` or `apart`.
public final class MixtureMemory {
  private static final int KINDS = 1000;
  private static final int WORDS = 20_000;

  private MixtureMemory() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int examples = Integer.parseInt(arguments[1]);
    int size = Integer.parseInt(arguments[2]);
    int batches = Integer.parseInt(arguments[3]);
    var duplicates = BatchConfig.Duplicates.valueOf(arguments[4].toUpperCase(Locale.ROOT));
    Path file = folder.resolve("examples-%d.jsonl".formatted(examples));
    if (!Files.exists(file)) {
      write(file, examples);
    }
    DataSource source =
        new RecipeBinder("source")
            .bind(DataSource.class, RecipeTree.parse(Path.of("source"), "path: " + file));
    var rules = new Mixture.Rules(InfoNce.defaults(), 1, true, 42);
    long start = System.nanoTime();
    try (Mixture mixture = Mixture.open(List.of(source), path -> path, rules, folder)) {
      final double opening = secondsSince(start);
      final long held = heldMegabytes();
      start = System.nanoTime();
      var config = new BatchConfig(size, 1, BatchConfig.Homogeneous.INSTRUCTION, 0, duplicates);
      Epoch epoch = new BatchPlan(mixture.table(), config, 42).epoch(0);
      final double planning = secondsSince(start);
      start = System.nanoTime();
      long read = 0;
      for (int i = 0; i < Math.min(batches, epoch.size()); i++) {
        read += mixture.read(epoch.batch(i), 0).size();
      }
      System.out.printf(
          Locale.ROOT,
          "{\"examples\": %d, \"file_mb\": %d, \"batches\": %d, \"opening_seconds\": %.1f,"
              + " \"held_mb\": %d, \"planning_seconds\": %.1f, \"read_examples\": %d,"
              + " \"reading_seconds\": %.1f, \"peak_rss_mb\": %d}%n",
          mixture.table().size(),
          Files.size(file) >> 20,
          epoch.size(),
          opening,
          held,
          planning,
          read,
          secondsSince(start),
          PeakMemory.megabytes());
    }
  }

  private static void write(Path file, int examples) throws IOException {
    var random = new SplittableRandom(1);
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < examples; i++) {
        out.write(
            "{\"instruction\": \"task %d\", \"query\": \"%s\", \"positive\": \"%s\", \"negatives\": [\"%s\"]}%n"
                .formatted(
                    random.nextInt(KINDS),
                    words(random, 10),
                    words(random, 80),
                    words(random, 80)));
      }
    }
  }

  private static String words(SplittableRandom random, int count) {
    var words = new StringBuilder();
    for (int i = 0; i < count; i++) {
      words.append(i == 0 ? "word" : " word").append(random.nextInt(WORDS));
    }
    return words.toString();
  }

  /// What of Java's heap is in use after a collection.
  @SuppressWarnings("ExplicitGc") // to see what is held
  private static long heldMegabytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) >> 20;
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
