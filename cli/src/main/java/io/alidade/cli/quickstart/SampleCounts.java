package io.alidade.cli.quickstart;

import io.alidade.core.Example;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How many examples a training file holds of what, the most frequent first.
final class SampleCounts {
  private final List<Example> examples;

  SampleCounts(Path file) {
    this.examples = TrainingFile.read(file, TrainingDefaults.of(""));
  }

  Map<String, Long> byKind() {
    return counts(example -> example.kind().label());
  }

  Map<String, Long> byLanguage() {
    return counts(Example::language);
  }

  private Map<String, Long> counts(Function<Example, String> group) {
    return examples.stream()
        .collect(Collectors.groupingBy(group, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (a, _) -> a, LinkedHashMap::new));
  }
}
