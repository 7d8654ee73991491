package io.alidade.benchmarks;

import io.alidade.synth.text.NearDuplicates;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/// Looks for near duplicates in texts of 100 random words, of which each hundredth is an earlier
/// one with 2 words changed, and prints one JSON line: how many of these were found, how many
/// others were taken for some, processor time a text, memory.
///
/// Arguments: training file for the words, number of texts.
public final class DuplicateScale {
  private static final int WORDS = 100;
  private static final int CHANGED = 2;
  private static final int EVERY = 100;

  private DuplicateScale() {}

  public static void main(String[] arguments) {
    RandomTexts texts = RandomTexts.ofTraining(Path.of(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    var duplicates = new NearDuplicates();
    long before = MemoryMarks.heapMegabytes();
    var marks = new MemoryMarks();
    int planted = 0;
    int found = 0;
    int mistaken = 0;
    long nanos = 0;
    for (int i = 0; i < count; i++) {
      boolean copy = i % EVERY == EVERY - 1;
      String text = copy ? changed(texts, i) : texts.text(i, WORDS);
      long start = System.nanoTime();
      boolean refused = !duplicates.add(text);
      nanos += System.nanoTime() - start;
      planted += copy ? 1 : 0;
      found += copy && refused ? 1 : 0;
      mistaken += !copy && refused ? 1 : 0;
      marks.update(i + 1L, count, "");
    }
    System.out.printf(
        Locale.ROOT,
        "{\"texts\": %d, \"planted\": %d, \"found\": %d, \"mistaken\": %d, \"us_per_text\": %.1f,"
            + " \"heap_mb_before\": %d, \"memory\": %s}%n",
        count,
        planted,
        found,
        mistaken,
        nanos / 1e3 / count,
        before,
        marks);
  }

  private static String changed(RandomTexts texts, int number) {
    var random = new SplittableRandom(number);
    int earlier = random.nextInt(number);
    String[] words = texts.words(earlier - (earlier % EVERY == EVERY - 1 ? 1 : 0), WORDS);
    for (int i = 0; i < CHANGED; i++) {
      words[random.nextInt(WORDS)] = texts.text(-number, 1);
    }
    return String.join(" ", words);
  }
}
