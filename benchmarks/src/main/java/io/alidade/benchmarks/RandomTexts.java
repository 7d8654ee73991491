package io.alidade.benchmarks;

import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Texts of random words that occur as often as in a file of training examples: no two are alike,
/// and all look like its language to who counts letters. Threads may share it.
final class RandomTexts {
  private final List<String> words;

  private RandomTexts(List<String> words) {
    this.words = List.copyOf(words);
  }

  /// The words of a file's English queries and positives.
  static RandomTexts ofTraining(Path file) {
    var words = new ArrayList<String>();
    TrainingFile.forEach(
        file,
        TrainingDefaults.of(""),
        example -> {
          if (example.language().equals("en")) {
            words.addAll(Arrays.asList(example.query().split("\\s+", -1)));
            words.addAll(Arrays.asList(example.positive().split("\\s+", -1)));
          }
        });
    return new RandomTexts(words);
  }

  /// So many words, a function of the seed.
  String text(long seed, int count) {
    return String.join(" ", words(seed, count));
  }

  /// The same one by one.
  String[] words(long seed, int count) {
    var random = new SplittableRandom(seed);
    var text = new String[count];
    for (int i = 0; i < count; i++) {
      text[i] = words.get(random.nextInt(words.size()));
    }
    return text;
  }
}
