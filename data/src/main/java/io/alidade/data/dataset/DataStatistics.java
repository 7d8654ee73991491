package io.alidade.data.dataset;

import io.alidade.core.Example;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

/// What a data set holds.
///
/// @param kinds examples by kind, the most frequent first
/// @param languages examples by language, the most frequent first
/// @param lengths of `query`, `positive` and `negative`
/// @param negatives examples by their number of negatives
/// @param instructions how many different ones
/// @param repeatedQueries examples whose query an earlier one has
/// @param samples some of every kind and language
public record DataStatistics(
    long examples,
    Map<String, Long> kinds,
    Map<String, Long> languages,
    Map<String, LengthCounts> lengths,
    Map<Integer, Long> negatives,
    long instructions,
    long repeatedQueries,
    List<Example> samples) {

  public DataStatistics {
    kinds = ordered(kinds);
    languages = ordered(languages);
    lengths = ordered(lengths);
    negatives = ordered(negatives);
    samples = List.copyOf(samples);
  }

  /// Reads the whole file.
  ///
  /// @param length of a text, in words or tokens
  /// @param samples how many are kept
  public static DataStatistics of(
      Path file, ExampleReader reader, ToIntFunction<String> length, int samples) {
    var counter = new Counter(length, samples);
    reader.forEach(file, counter::add);
    return counter.statistics();
  }

  private static <K, V> Map<K, V> ordered(Map<K, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(map));
  }

  /// Counts on the way.
  private static final class Counter {
    private final ToIntFunction<String> length;
    private final Samples samples;
    private final Map<String, Long> kinds = new TreeMap<>();
    private final Map<String, Long> languages = new TreeMap<>();
    private final Map<Integer, Long> negatives = new TreeMap<>();
    private final LengthCounts queries = new LengthCounts();
    private final LengthCounts positives = new LengthCounts();
    private final LengthCounts negativeTexts = new LengthCounts();
    private final FirstSeen instructions = new FirstSeen();
    private final FirstSeen queriesSeen = new FirstSeen();
    private int examples;

    Counter(ToIntFunction<String> length, int samples) {
      this.length = length;
      this.samples = new Samples(samples);
    }

    void add(Example example) {
      kinds.merge(example.kind().label(), 1L, Long::sum);
      languages.merge(example.language(), 1L, Long::sum);
      negatives.merge(example.negatives().size(), 1L, Long::sum);
      queries.add(length.applyAsInt(example.query()));
      positives.add(length.applyAsInt(example.positive()));
      example.negatives().forEach(text -> negativeTexts.add(length.applyAsInt(text)));
      int _ = instructions.of(example.instruction(), examples);
      int _ = queriesSeen.of(example.query(), examples);
      samples.add(example);
      examples++;
    }

    DataStatistics statistics() {
      var lengths = new LinkedHashMap<String, LengthCounts>();
      lengths.put("query", queries);
      lengths.put("positive", positives);
      lengths.put("negative", negativeTexts);
      return new DataStatistics(
          examples,
          byCount(kinds),
          byCount(languages),
          lengths,
          negatives,
          instructions.size(),
          examples - queriesSeen.size(),
          samples.chosen());
    }

    private static Map<String, Long> byCount(Map<String, Long> counts) {
      var entries = new ArrayList<>(counts.entrySet());
      // Stable, so that equal counts stay in the order of their names.
      entries.sort(Map.Entry.<String, Long>comparingByValue().reversed());
      var sorted = new LinkedHashMap<String, Long>();
      entries.forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      return sorted;
    }
  }
}
