package io.alidade.data;

import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/// Seeded examples with everything that files have trouble with.
final class TrainingExamples {
  private static final List<String> PIECES =
      List.of(
          "boat",
          "ü",
          "😀",
          "\n",
          "\r\n",
          "\t",
          "\"",
          "\\",
          "'",
          ",",
          "{}",
          "\u0000",
          "\u2028",
          "汉字",
          "عربي",
          "</script>",
          " ",
          "%s",
          "NaN",
          "null");

  private final Random random;

  TrainingExamples(long seed) {
    this.random = new Random(seed);
  }

  /// Examples of any kind, with any number of negatives.
  List<Example> some(int count) {
    return IntStream.range(0, count).mapToObj(_ -> example(random.nextInt(4))).toList();
  }

  /// One with so many negatives.
  Example example(int negatives) {
    TaskKind[] kinds = TaskKind.values();
    return Example.of(
        kinds[random.nextInt(kinds.length)],
        random.nextBoolean() ? "en" : "zh-de",
        random.nextInt(3) == 0 ? "" : text().strip(),
        text(),
        text(),
        IntStream.range(0, negatives).mapToObj(_ -> text()).toList(),
        provenance());
  }

  private Map<String, Object> provenance() {
    return switch (random.nextInt(3)) {
      case 0 -> Map.of();
      case 1 -> Map.of("source", text(), "number", random.nextInt());
      default -> Map.of("cost", Map.of("usd", 0.25, "calls", List.of(1, 2)), "done", true);
    };
  }

  /// Never blank.
  private String text() {
    var pieces = new ArrayList<String>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      pieces.add(PIECES.get(random.nextInt(PIECES.size())));
    }
    return String.join("", pieces) + "x";
  }
}
