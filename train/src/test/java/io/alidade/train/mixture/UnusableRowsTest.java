package io.alidade.train.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.train.objective.CoSent;
import io.alidade.train.objective.InfoNce;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is said of rows that cannot be trained on.
class UnusableRowsTest {
  private static final String GOOD =
      "{\"query\": \"q\", \"positive\": \"p\", \"negatives\": [\"n\"]}";
  private static final String OTHER = GOOD.replace("\"q\"", "\"r\"");

  @TempDir Path folder;
  private SourceFiles files;

  @BeforeEach
  void open() {
    files = new SourceFiles(folder);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"query": "q"}                      | no column "positive"; found query
          {"query": "q", "positive": " "}     | "positive" is empty; a text is needed
          {"query": "a", "positive": "a"}     | query and positive are the same text, and nothing tells them apart; leave the row out
          {"query": "a", "positive": "b", "negatives": ["c", "b"]} | negative 2 is the positive itself; take it out of the negatives
          {"query": "a", "positive": "b", "score": 0} | score is 0, but objective info-nce takes every pair
          {"query": "a", "positive": "b"      | broken JSON at column
          """)
  void open_rowThatCannotBeUsed_isRefusedByItsLine(String row, String message) throws IOException {
    files.write("rows.jsonl", List.of(GOOD, OTHER, row, GOOD));
    assertThatThrownBy(() -> files.openAndClose("{path: rows.jsonl}"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(folder.resolve("rows.jsonl") + ":3: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"query, query_characters", "positive, passage_characters"})
  void open_textOf10Megabytes_isRefusedUnlessCut(String column, String key) throws IOException {
    String large = GOOD.replace("\"" + column.charAt(0) + "\"", "\"" + "w ".repeat(5 << 20) + "\"");
    files.write("rows.jsonl", List.of(OTHER, large));
    assertThatThrownBy(() -> files.openAndClose("{path: rows.jsonl}"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "%s:2: %s has 10485760 characters, and 1000000 are the most; divide the text, or set limits.%s"
                .formatted(folder.resolve("rows.jsonl"), column, key));
    try (Mixture mixture = files.open("{path: rows.jsonl, limits: {%s: 7}}".formatted(key))) {
      assertThat(mixture.read(new int[] {1}, 0).getFirst().example().toString())
          .contains("w w w w,")
          .doesNotContain("w w w w w");
    }
  }

  @Test
  void open_emptyFile_saysWhatIsNeeded() throws IOException {
    files.write("empty.jsonl", List.of("", " "));
    assertThatThrownBy(() -> files.openAndClose("{path: empty.jsonl}"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder.resolve("empty.jsonl") + ": holds no example; one JSON object a line is needed");
  }

  @Test
  void open_unusableSkipped_countsThemAndNamesTheFirst() throws IOException {
    files.write(
        "rows.jsonl",
        List.of(
            GOOD,
            "{\"query\": \"a\", \"positive\": \"a\"}",
            OTHER,
            GOOD.replace("[\"n\"]", "[\"p\"]")));
    try (Mixture mixture = files.open("{path: rows.jsonl, unusable: skip}")) {
      assertThat(mixture.table().size()).isEqualTo(2);
      assertThat(mixture.notes())
          .first()
          .asString()
          .startsWith(
              "%1$s: 2 of 4 examples are left out; the first: %1$s:2: query and positive are the same text"
                  .formatted(folder.resolve("rows.jsonl")));
    }
    files.write("broken.jsonl", List.of(GOOD, OTHER, "{"));
    assertThatThrownBy(() -> files.openAndClose("{path: broken.jsonl, unusable: skip}"))
        .hasMessageContaining("broken.jsonl:3: broken JSON");
  }

  /// Of which SimCSE trains on copies, and graded pairs may be equal texts.
  @Test
  void open_copiesThatMeanSomething_areUsed() throws IOException {
    files.write("copies.jsonl", 3, "{\"query\": \"a%1$d\", \"positive\": \"a%1$d\", \"score\": 1}");
    try (Mixture graded = files.open(CoSent.defaults(), "{path: copies.jsonl}");
        Mixture dropped =
            files.open(
                new Mixture.Rules(InfoNce.defaults(), 1, true, 42), "{path: copies.jsonl}")) {
      assertThat(graded.table().size()).isEqualTo(3);
      assertThat(dropped.table().size()).isEqualTo(3);
    }
  }

  @Test
  void open_moreNegativesAskedThanThereAre_saysHowManyAreConcerned() throws IOException {
    files.write(
        "rows.jsonl",
        List.of(GOOD.replace("[\"n\"]", "[\"n\", \"m\"]"), OTHER, GOOD.replace("\"q\"", "\"s\"")));
    try (Mixture mixture = files.open("{path: rows.jsonl}")) {
      assertThat(mixture.notes())
          .containsExactly(
              folder.resolve("rows.jsonl")
                  + ": 2 of 3 examples have fewer negatives than batch.hard_negatives, 2, the first"
                  + " on line 2; they are trained on with those they have");
    }
  }

  @Test
  void open_textsOfAnEarlierSource_saysHowManyAreTakenOnce() throws IOException {
    files.write("rows.jsonl", List.of(GOOD, OTHER));
    files.write("more.jsonl", List.of(GOOD.replace("\"q\"", "\"s\""), OTHER, GOOD));
    var rules = new Mixture.Rules(InfoNce.defaults(), 1, false, 42);
    try (Mixture mixture = files.open(rules, "{path: rows.jsonl}", "{path: more.jsonl}")) {
      assertThat(mixture.table().size()).isEqualTo(3);
      assertThat(mixture.notes())
          .containsExactly(
              folder.resolve("more.jsonl")
                  + ": 2 of 3 examples have texts and instruction of an earlier one, the first on"
                  + " line 2; each is taken once");
    }
  }

  @Test
  void open_aloneWithoutNegatives_isRefusedByItsLine() throws IOException {
    files.write("rows.jsonl", List.of(GOOD, "{\"query\": \"a\", \"positive\": \"b\"}"));
    assertThatThrownBy(() -> files.openAndClose("{path: rows.jsonl, in_batch_negatives: false}"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(
            folder.resolve("rows.jsonl")
                + ":2: there is no negative, and in_batch_negatives is false for this source");
  }
}
