package io.alidade.data.dataset;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.data.TrainingLayouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetTest {
  private static final TrainingDefaults DEFAULTS = TrainingDefaults.of("Find it");
  private static final ExampleReader READER = ExampleReader.detecting(DEFAULTS);
  @TempDir Path folder;

  @Test
  void convert_throughAnotherLayout_keepsIdsWhereTheContentIsKept() {
    Path own = written("own.jsonl", examples(50, 1000));
    var flag = folder.resolve("flag.jsonl");
    var back = folder.resolve("back.parquet");
    Conversion.Result result =
        Conversion.run(own, READER, flag, TrainingLayouts.of("flag-embedding"), Progress.NONE);
    assertThat(result).isEqualTo(new Conversion.Result(50, 50, 0, 0, List.of()));
    // The layout has no place for kind and language, which are part of the id.
    var kept = new TrainingDefaults("", TaskKind.SHORT_LONG, "en");
    Conversion.run(flag, ExampleReader.detecting(kept), back, TrainingLayouts.OWN, Progress.NONE);
    assertThat(TrainingFile.read(back, DEFAULTS))
        .extracting(Example::id)
        .isEqualTo(TrainingFile.read(own, DEFAULTS).stream().map(Example::id).toList());
  }

  @Test
  void convert_withoutNegatives_isLeftOutOfTriplets() {
    Path own = written("own.jsonl", List.of(example("q", "p"), example("r", "s", "n", "m", "o")));
    Path target = folder.resolve("triplets.jsonl");
    assertThat(Conversion.run(own, READER, target, TrainingLayouts.of("triplets"), Progress.NONE))
        .isEqualTo(new Conversion.Result(2, 3, 1, 0, List.of()));
    assertThat(target).content().hasLineCount(3);
  }

  @Test
  void convert_brokenRow_leavesTheOldFile() throws IOException {
    Path broken = Files.writeString(folder.resolve("b.jsonl"), "{\"query\":\"q\"}\n");
    Path target = written("target.jsonl", List.of(example("q", "p")));
    String before = Files.readString(target);
    assertThatThrownBy(
            () -> Conversion.run(broken, READER, target, TrainingLayouts.OWN, Progress.NONE))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("b.jsonl:1: ");
    assertThat(target).hasContent(before);
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void validate_brokenRows_reportsEveryOne() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("v.jsonl"),
            """
            {"query":"q","positive":"p"}
            {"query":
            [1]

            {"query":"q","pos":["a","b"]}
            {"query":"q","positive":""}
            """);
    Files.write(file, new byte[] {(byte) 0xff, '\n'}, StandardOpenOption.APPEND);
    var problems = new ArrayList<String>();
    Validation.Result result =
        Validation.run(file, READER, problem -> problems.add(problem.getMessage()));
    assertThat(result).isEqualTo(new Validation.Result(6, 3, 4));
    assertThat(problems)
        .satisfiesExactly(
            first -> assertThat(first).contains("v.jsonl:2: broken JSON at column"),
            second -> assertThat(second).contains("v.jsonl:3: must be one JSON object"),
            third -> assertThat(third).contains("v.jsonl:6: \"positive\" is empty"),
            fourth -> assertThat(fourth).contains("v.jsonl:7: is not UTF-8"));
  }

  /// What can be read, and training would refuse.
  @Test
  void validate_unusableRows_areReportedLikeBrokenOnes() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("u.jsonl"),
            """
            {"query":"q","positive":"q"}
            {"query":"q","positive":"p","negatives":["n","p"]}
            {"query":"q","positive":"p","negatives":["%s"]}
            {"text":"alone"}
            {"query":"q","positive":"q","score":1}
            {"query":"q","pos":["a","q"]}
            """
                .formatted("w".repeat(1_000_001)));
    var problems = new ArrayList<String>();
    Validation.Result result =
        Validation.run(file, READER, problem -> problems.add(problem.getMessage()));
    assertThat(result).isEqualTo(new Validation.Result(6, 2, 4));
    assertThat(problems)
        .satisfiesExactly(
            first -> assertThat(first).contains("u.jsonl:1: query and positive are the same text"),
            second -> assertThat(second).contains("u.jsonl:2: negative 2 is the positive itself"),
            third -> assertThat(third).contains("u.jsonl:3: a negative has 1000001 characters"),
            fourth -> assertThat(fourth).contains("u.jsonl:6: query and positive are"));
  }

  @Test
  void validate_empty_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("e.jsonl"), "\n");
    assertThatThrownBy(() -> Validation.run(file, READER, _ -> {}))
        .hasMessageContaining("e.jsonl: holds no example");
  }

  /// Whatever is shared, no text stands on both sides, and the file's order does not matter.
  @Test
  void split_sharedTexts_neverLeak() {
    for (int seed = 0; seed < 5; seed++) {
      List<Example> examples = new ArrayList<>(examples(400, 900));
      var split = new DataSplit(seed, 0.2, 0.1, true);
      Map<DataSplit.Side, Path> files =
          split.run(written("all.jsonl", examples), READER, folder.resolve("a")).files();
      List<Set<String>> texts = files.values().stream().map(file -> texts(file, true)).toList();
      assertThat(texts).hasSize(3);
      assertThat(Collections.disjoint(texts.get(0), texts.get(1))).isTrue();
      assertThat(Collections.disjoint(texts.get(0), texts.get(2))).isTrue();
      assertThat(Collections.disjoint(texts.get(1), texts.get(2))).isTrue();

      Collections.shuffle(examples, new Random(seed));
      Map<DataSplit.Side, Path> shuffled =
          split.run(written("all.jsonl", examples), READER, folder.resolve("b")).files();
      assertThat(ids(dev(shuffled))).isEqualTo(ids(dev(files)));
      assertThat(files.values().stream().mapToInt(file -> ids(file).size()).sum())
          .isEqualTo(new HashSet<>(examples).size());
    }
  }

  @Test
  void split_manyExamples_meetsTheShares() {
    List<Example> examples =
        IntStream.range(0, 4000).mapToObj(i -> example("q" + i, "p" + i, "n")).toList();
    Path file = written("many.jsonl", examples);
    DataSplit.Result free = new DataSplit(1, 0.1, 0, false).run(file, READER, folder);
    assertThat(free.examples().get(DataSplit.Side.DEV)).isBetween(320L, 480L);
    assertThat(free.examples()).doesNotContainKey(DataSplit.Side.TEST);
    assertThat(free.largestGroup()).isOne();
    // All share one negative, so that they are one group.
    DataSplit.Result tied = new DataSplit(1, 0.1, 0, true).run(file, READER, folder);
    assertThat(tied.largestGroup()).isEqualTo(4000);
  }

  @Test
  void split_badShares_areRefused() {
    assertThatThrownBy(() -> new DataSplit(1, 0.6, 0.4, true))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("below 1");
    assertThatThrownBy(() -> new DataSplit(1, 0, 0, true)).isInstanceOf(UsageException.class);
  }

  @Test
  void statistics_smallFile_countsByHand() {
    var other = Example.of(TaskKind.STS, "de", "Same", "eins zwei", "drei", List.of(), Map.of());
    Path file =
        written(
            "s.jsonl",
            List.of(
                example("one two three", "p", "n n", "m"), example("one two three", "o"), other));
    var words = new WordCount();
    DataStatistics statistics = DataStatistics.of(file, READER, words::of, 2);
    assertThat(statistics.examples()).isEqualTo(3);
    assertThat(statistics.kinds()).hasToString("{short-long=2, sts=1}");
    assertThat(statistics.languages()).hasToString("{en=2, de=1}");
    assertThat(statistics.negatives()).hasToString("{0=2, 2=1}");
    assertThat(statistics.instructions()).isEqualTo(2);
    assertThat(statistics.repeatedQueries()).isOne();
    LengthCounts queries = requireNonNull(statistics.lengths().get("query"));
    assertThat(queries.mean()).isEqualTo(8 / 3.0);
    assertThat(queries.quantile(0.5)).isEqualTo(3);
    assertThat(queries.doublings()).containsExactly(0, 3);
    // One of each kind and language before a second of any.
    assertThat(statistics.samples()).extracting(Example::kind).doesNotHaveDuplicates();
  }

  @Test
  void words_anyScript_areCounted() {
    var words = new WordCount();
    assertThat(words.of("It's 3 o'clock — already!")).isEqualTo(4);
    assertThat(words.of("")).isZero();
    assertThat(words.of("ภาษาไทย")).isPositive();
  }

  @Test
  void card_statistics_givesTheHubsHeader() {
    Path file =
        written(
            "c.jsonl",
            List.of(
                example("q", "p"),
                Example.of(TaskKind.BITEXT, "no-de", "", "a", "b", List.of(), Map.of())));
    String card =
        new DataCard(
                "About it.",
                DataStatistics.of(file, READER, String::length, 0),
                List.of("query", "positive"),
                Map.of("train", "c.jsonl"))
            .text();
    assertThat(card)
        .startsWith(
            """
            ---
            language:
            - de
            - en
            - "no"
            task_categories:
            - sentence-similarity
            - text-retrieval
            size_categories:
            - n<1K
            """)
        .contains("configs:\n- config_name: default\n  data_files:\n  - split: train\n")
        .contains("path: c.jsonl\n---\n")
        .contains("2 examples under 2 instructions. Columns: `query`, `positive`.")
        .contains("| bitext | 1 |");
    assertThat(DataCard.size(999)).isEqualTo("n<1K");
    assertThat(DataCard.size(1000)).isEqualTo("1K<n<10K");
    assertThat(DataCard.size(500_000)).isEqualTo("100K<n<1M");
  }

  /// Of few different texts, so that many are shared.
  private static List<Example> examples(int count, int texts) {
    var random = new Random(3);
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                example(
                    "t" + random.nextInt(texts),
                    "t" + random.nextInt(texts) + (i % 3 == 0 ? " " : ""),
                    "t" + random.nextInt(texts)))
        .distinct()
        .toList();
  }

  private static Example example(String query, String positive, String... negatives) {
    return Example.of(
        TaskKind.SHORT_LONG, "en", "Find it", query, positive, List.of(negatives), Map.of());
  }

  private Path written(String name, List<Example> examples) {
    Path file = folder.resolve(name);
    TrainingFile.write(file, examples);
    return file;
  }

  private static Path dev(Map<DataSplit.Side, Path> files) {
    return requireNonNull(files.get(DataSplit.Side.DEV));
  }

  private static Set<String> ids(Path file) {
    var ids = new HashSet<String>();
    TrainingFile.forEach(file, DEFAULTS, example -> ids.add(example.id()));
    return ids;
  }

  private static Set<String> texts(Path file, boolean negatives) {
    var texts = new HashSet<String>();
    TrainingFile.forEach(
        file,
        DEFAULTS,
        example -> {
          texts.add(example.query().strip());
          texts.add(example.positive().strip());
          if (negatives) {
            example.negatives().forEach(text -> texts.add(text.strip()));
          }
        });
    return texts;
  }
}
