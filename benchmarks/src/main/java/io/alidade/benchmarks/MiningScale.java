package io.alidade.benchmarks;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TaskKind;
import io.alidade.core.TextInput;
import io.alidade.data.VectorSpool;
import io.alidade.mine.Groups;
import io.alidade.mine.Limits;
import io.alidade.mine.MinedFiles;
import io.alidade.mine.Mining;
import io.alidade.mine.MiningPolicy;
import io.alidade.mine.MiningSummary;
import io.alidade.mine.VectorTeacher;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Mines 5 negatives an example among documents with random vectors of 384 dimensions, which lie in
/// a file as those of `alidade mine` do, and prints one JSON line: seconds of writing the vectors
/// and of mining, memory.
///
/// Arguments: folder for the files, number of documents, number of questions.
public final class MiningScale {
  private static final int DIMENSIONS = 384;
  private static final int NEGATIVES = 5;
  private static final int LAST_RANK = 100;
  private static final int ROWS_AT_ONCE = 1024;

  private MiningScale() {}

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    List<String> corpus = texts("document", Integer.parseInt(arguments[1]));
    List<Example> examples =
        texts("question", Integer.parseInt(arguments[2])).stream()
            .map(MiningScale::example)
            .toList();
    var policy =
        new MiningPolicy(NEGATIVES, true, Limits.ranks(1, LAST_RANK), MiningPolicy.Pick.TOP, 1);
    var mining = new Mining(examples, Groups.of(examples, corpus), policy);
    long start = System.nanoTime();
    List<TextInput> texts = mining.texts();
    try (var spool = VectorSpool.open(folder.resolve("scale"), "scale", DIMENSIONS)) {
      write(spool, texts.size());
      double written = seconds(start);
      long heap = MemoryMarks.heapMegabytes();
      long mined = System.nanoTime();
      var teacher = new VectorTeacher(vectors(texts, spool.mapped()), processors());
      MiningSummary summary =
          new MinedFiles(folder).write(mining, teacher, "random", Progress.NONE);
      print(corpus.size(), summary, written, seconds(mined), heap);
      spool.delete();
    }
  }

  private static List<String> texts(String word, int count) {
    return IntStream.range(0, count).mapToObj(i -> word + " " + i).toList();
  }

  private static Example example(String question) {
    return Example.of(
        TaskKind.SHORT_LONG, "en", "Find", question, "answer of " + question, List.of(), Map.of());
  }

  private static int processors() {
    return Runtime.getRuntime().availableProcessors();
  }

  private static void write(VectorSpool spool, int count) {
    RandomGenerator random = new SplittableRandom(1);
    for (int row = 0; row < count; row += ROWS_AT_ONCE) {
      float[][] rows = new float[Math.min(ROWS_AT_ONCE, count - row)][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = unit(random);
      }
      spool.append(rows);
    }
  }

  private static float[] unit(RandomGenerator random) {
    float[] vector = new float[DIMENSIONS];
    double square = 0;
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = (float) random.nextGaussian();
      square += vector[d] * vector[d];
    }
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] = (float) (vector[d] / Math.sqrt(square));
    }
    return vector;
  }

  private static Function<TextInput, float[]> vectors(
      List<TextInput> texts, IntFunction<float[]> rows) {
    Map<TextInput, Integer> places = HashMap.newHashMap(texts.size());
    texts.forEach(text -> places.put(text, places.size()));
    return text -> rows.apply(places.getOrDefault(text, -1));
  }

  private static void print(
      int documents, MiningSummary summary, double written, double mined, long heap) {
    System.out.printf(
        Locale.ROOT,
        "{\"documents\": %d, \"questions\": %d, \"looked_at\": %s, \"write_s\": %.1f,"
            + " \"mine_s\": %.1f, \"heap_mb_of_texts\": %d, \"heap_mb_after\": %d,"
            + " \"peak_rss_mb\": %d}%n",
        documents,
        summary.examples(),
        summary.verdicts().values(),
        written,
        mined,
        heap,
        MemoryMarks.heapMegabytes(),
        PeakMemory.megabytes());
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
