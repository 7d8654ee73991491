package io.alidade.train.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import io.alidade.data.RowFile;
import io.alidade.data.TrainingDefaults;
import io.alidade.data.TrainingFile;
import io.alidade.train.batch.Member;
import io.alidade.train.batch.TokenLimits;
import io.alidade.train.objective.InfoNce;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class MixtureTest {
  private static final String PAIR = "{\"query\": \"q%1$d\", \"positive\": \"p%1$d é\"}";

  @TempDir Path folder;
  private SourceFiles files;

  @BeforeEach
  void write() throws IOException {
    files =
        new SourceFiles(folder)
            .write("a.jsonl", 400, PAIR)
            .write("b.jsonl", 100, PAIR.replace("q%", "other %"));
  }

  @Test
  void read_anyOrder_givesTheRowsAsTheFileHasThem() {
    List<Example> expected =
        TrainingFile.read(folder.resolve("a.jsonl"), TrainingDefaults.of("task"));
    var rules = new Mixture.Rules(InfoNce.defaults(), 1, false, 42);
    try (Mixture mixture = files.open(rules, "{path: a.jsonl, instruction: task}")) {
      assertThat(SourceFiles.all(mixture, 0)).extracting(Member::example).isEqualTo(expected);
      assertThat(mixture.read(new int[] {399, 0, 7, 0}, 5))
          .extracting(Member::example)
          .containsExactly(expected.get(399), expected.get(0), expected.get(7), expected.get(0));
      assertThat(mixture.notes()).isEmpty();
    }
  }

  @Test
  void read_parquet_givesTheSameExamplesAndLeavesNothing() throws IOException {
    var defaults = TrainingDefaults.of("task");
    Path parquet = folder.resolve("b.parquet");
    TrainingFile.write(parquet, TrainingFile.read(folder.resolve("b.jsonl"), defaults));
    List<Example> expected = TrainingFile.read(parquet, defaults);
    try (Mixture mixture = files.open("{path: b.parquet}")) {
      assertThat(SourceFiles.all(mixture, 0)).extracting(Member::example).isEqualTo(expected);
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("a.jsonl", "b.jsonl", "b.parquet");
    }
  }

  @Test
  void open_rowOfSeveralPositives_isAnExampleEach() throws IOException {
    files.write(
        "c.jsonl", List.of("{\"query\": \"q\", \"pos\": [\"x\", \"y\"], \"neg\": [\"n\"]}"));
    try (Mixture mixture = files.open("{path: c.jsonl}")) {
      assertThat(SourceFiles.all(mixture, 0))
          .extracting(member -> member.example().positive())
          .containsExactly("x", "y");
    }
  }

  @Test
  void open_sameExampleInTwoSources_isThatOfTheFirst() {
    try (Mixture mixture =
        files.open(
            "{path: a.jsonl, in_batch_negatives: false, unusable: skip}", "{path: a.jsonl}")) {
      // All of the first source are left out, since they have no negatives.
      assertThat(SourceFiles.all(mixture, 0)).allMatch(Member::inBatchNegatives).hasSize(400);
    }
    try (Mixture mixture = files.open("{path: a.jsonl}", "{path: a.jsonl}", "{path: b.jsonl}")) {
      assertThat(mixture.table().size()).isEqualTo(500);
    }
  }

  @Test
  void open_ratioBelow1_keepsThatShareWhateverTheOrder() throws IOException {
    List<String> lines = Files.readAllLines(folder.resolve("a.jsonl"));
    Collections.reverse(lines);
    files.write("reversed.jsonl", lines);
    try (Mixture one = files.open("{path: a.jsonl, ratio: 0.25}");
        Mixture other = files.open("{path: reversed.jsonl, ratio: 0.25}")) {
      assertThat(ids(one)).hasSizeBetween(70, 130);
      assertThat(ids(other)).containsExactlyInAnyOrderElementsOf(ids(one));
    }
  }

  private static List<String> ids(Mixture mixture) {
    return SourceFiles.all(mixture, 0).stream().map(member -> member.example().id()).toList();
  }

  @Test
  void open_ratioAbove1_seesAllAndSomeOnceMore() {
    try (Mixture mixture = files.open("{path: a.jsonl, ratio: 2.5, repeat: true}")) {
      List<Integer> times = SourceFiles.times(mixture);
      assertThat(times).containsOnly(2, 3);
      assertThat(times.stream().mapToInt(Integer::intValue).sum()).isCloseTo(1000, within(40));
    }
  }

  @Test
  void open_weights_takeAsManyAsTheProportionsAllow() {
    try (Mixture mixture =
        files.open("{path: a.jsonl, weight: 3}", "{path: b.jsonl, weight: 1.5}")) {
      // 100 are a third of 300.
      List<Integer> times = SourceFiles.times(mixture);
      assertThat(times.subList(0, 400)).containsOnly(0, 1);
      assertThat(Collections.frequency(times.subList(0, 400), 1)).isEqualTo(200);
      assertThat(times.subList(400, 500)).containsOnly(1);
    }
  }

  @Test
  void open_weightsWithRepeat_seeTheSmallSourceSeveralTimes() {
    try (Mixture mixture =
        files.open("{path: a.jsonl, weight: 1}", "{path: b.jsonl, weight: 1, repeat: true}")) {
      List<Integer> times = SourceFiles.times(mixture);
      assertThat(times.subList(0, 400)).containsOnly(1);
      assertThat(times.subList(400, 500)).containsOnly(4);
    }
  }

  @Test
  void read_severalInstructions_takesOneByEpochAndKeepsTheId() {
    String source = "{path: a.jsonl, instructions: [first, second, third]}";
    try (Mixture mixture = files.open(source);
        Mixture again = files.open(source);
        Mixture plain = files.open("{path: a.jsonl, instruction: first}")) {
      List<String> chosen = instructions(mixture, 0);
      for (String instruction : List.of("first", "second", "third")) {
        assertThat(Collections.frequency(chosen, instruction)).isBetween(100, 170);
      }
      assertThat(instructions(again, 0)).isEqualTo(chosen);
      assertThat(instructions(mixture, 1)).isNotEqualTo(chosen);
      assertThat(ids(mixture)).isEqualTo(ids(plain));
    }
  }

  private static List<String> instructions(Mixture mixture, int epoch) {
    return SourceFiles.all(mixture, epoch).stream()
        .map(member -> member.example().instruction())
        .toList();
  }

  @Test
  void read_limits_cutTextsAndKeepTheId() throws IOException {
    files.write(
        "long.jsonl",
        2,
        "{\"query\": \"\uD83D\uDE00%1$d query\", \"positive\": \"a passage %1$d\", \"negatives\":"
            + " [\"far away\"]}");
    String limits = "{query_characters: 2, passage_characters: 3, passage_tokens: 9}";
    try (Mixture cut = files.open("{path: long.jsonl, limits: %s}".formatted(limits));
        Mixture whole = files.open("{path: long.jsonl}")) {
      Member member = SourceFiles.all(cut, 0).getFirst();
      assertThat(member.example().query()).isEqualTo("\uD83D\uDE000");
      assertThat(member.example().positive()).isEqualTo("a p");
      assertThat(member.example().negatives()).containsExactly("far");
      assertThat(member.limits()).isEqualTo(new TokenLimits(0, 9));
      assertThat(ids(cut)).isEqualTo(ids(whole));
    }
  }

  @Test
  void read_columns_pairsTitleAndText() throws IOException {
    files.write("pages.jsonl", 3, "{\"title\": \"t%1$d\", \"body\": \"b%1$d\", \"text\": \"x\"}");
    try (Mixture mixture =
        files.open("{path: pages.jsonl, pairs: {type: columns, positive: body}}")) {
      Example example = SourceFiles.all(mixture, 0).get(1).example();
      assertThat(List.of(example.query(), example.positive())).containsExactly("t1", "b1");
      assertThat(example.kind()).isEqualTo(TaskKind.SHORT_LONG);
    }
  }

  @Test
  void count_exampleOfMoreThanHalfTheBudget_namesItsLine() {
    try (Mixture mixture = files.open("{path: a.jsonl}")) {
      mixture.count(batch -> batch.ids().size() * 50, 100);
      assertThatThrownBy(() -> mixture.count(batch -> 51, 100))
          .isInstanceOf(DataException.class)
          .hasMessageStartingWith(
              folder.resolve("a.jsonl")
                  + ":1: the texts have 51 tokens, and two such examples must fit into"
                  + " batch.tokens, 100");
    }
  }

  /// Its places count bytes, whatever the characters and line breaks.
  @Test
  void open_byteOrderMarkBlankLinesAndCarriageReturns_readsTheRowsBack() throws IOException {
    Files.writeString(
        folder.resolve("windows.jsonl"),
        "\uFEFF{\"query\": \"é\", \"positive\": \"1\"}\r\n\r\n"
            + "{\"query\": \"漢字\", \"positive\": \"2\"}");
    try (Mixture mixture = files.open("{path: windows.jsonl}")) {
      assertThat(SourceFiles.all(mixture, 0))
          .extracting(member -> member.example().query())
          .containsExactly("é", "漢字");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{path: a.jsonl, ratio: 0} | ratio must be above 0, is 0.0",
        "{path: a.jsonl, ratio: 1.5} | ratio is 1.5, so that examples would be seen several times"
            + " an epoch; set repeat to true",
        "{path: a.jsonl, weight: -1} | weight must be at least 0, is -1.0",
        "{path: a.jsonl, weight: 2, ratio: 0.5} | weight is 2.0 beside a ratio of 0.5; leave one of"
            + " them out",
        "{path: a.jsonl, instruction: x, instructions: [y]} | instructions are given beside an"
            + " instruction",
        "{path: a.jsonl, limits: {query_tokens: 1}} | limits.query_tokens must be at least 2, or 0"
            + " for no limit, is 1",
        "{path: a.jsonl, pairs: {type: crops, most: 2}} | pairs.least and most must be shares",
        "{path: a.jsonl, pairs: {type: crop}} | pairs.type is \"crop\"; allowed are as-written,"
            + " columns, crops, label-examples, label-texts",
        "{path: a.jsonl, unusable: ignore} | unusable is \"ignore\"; allowed are refuse, skip",
      })
  void source_settingThatCannotBe_namesTheKey(String sourceAndMessage) {
    String[] parts = sourceAndMessage.split(" \\| ", 2);
    assertThatThrownBy(() -> SourceFiles.source(parts[0]))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(parts[1]);
  }

  @Test
  void open_ratioThatLeavesNothing_namesTheKey() {
    assertThatThrownBy(() -> files.openAndClose("{path: a.jsonl}", "{path: b.jsonl, ratio: 1e-9}"))
        .isInstanceOf(UsageException.class)
        .hasMessage("data.1.ratio, 1.0E-9, leaves no example of b.jsonl; raise it");
  }

  @Test
  void open_parquetRowOfAnotherLayout_namesTheRow() {
    RowFile.write(
        folder.resolve("odd.parquet"),
        Map.of("query", "VARCHAR"),
        rows -> rows.accept(JsonMapper.shared().createObjectNode().put("query", "q")));
    assertThatThrownBy(() -> files.openAndClose("{path: odd.parquet}"))
        .hasMessageStartingWith(
            folder.resolve("odd.parquet") + ": row 1: no column \"positive\"; found query");
  }
}
