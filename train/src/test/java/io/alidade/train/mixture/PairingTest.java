package io.alidade.train.mixture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.train.batch.Member;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Pairs that are put together from rows without one.
class PairingTest {
  private static final String LABELS = "{path: labels.jsonl, pairs: {type: label-%s}}";
  private static final String CROPS = "{path: texts.jsonl, pairs: {type: crops%s}}";
  private static final List<String> NAMES = List.of("red", "green", "blue", "grey");

  @TempDir Path folder;
  private SourceFiles files;

  @BeforeEach
  void write() throws IOException {
    files = new SourceFiles(folder);
    var rows = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      rows.add("{\"text\": \"text %d\", \"label\": \"%s\"}".formatted(i, NAMES.get(i * i % 4)));
      rows.add("{\"text\": \"more %d\", \"label\": \"%s\"}".formatted(i, NAMES.get(i % 4)));
    }
    files.write("labels.jsonl", rows);
    var texts = new ArrayList<String>();
    for (int i = 0; i < 50; i++) {
      var words = new StringBuilder();
      for (int word = 0; word < 40; word++) {
        words.append("t%dw%d ".formatted(i, word));
      }
      texts.add("{\"text\": \"%s\"}".formatted(words));
    }
    files.write("texts.jsonl", texts);
  }

  @Test
  void labelTexts_anyRow_hasItsLabelAndOtherLabelsAsNegatives() {
    try (Mixture mixture = files.open(LABELS.formatted("texts"))) {
      Map<String, Integer> first = new HashMap<>();
      for (Member member : SourceFiles.all(mixture, 0)) {
        Example example = member.example();
        assertThat(NAMES).contains(example.positive());
        assertThat(example.negatives())
            .hasSize(2)
            .doesNotHaveDuplicates()
            .isSubsetOf(NAMES)
            .doesNotContain(example.positive());
        assertThat(example.kind()).isEqualTo(TaskKind.LONG_SHORT);
        first.merge(example.negatives().getFirst(), 1, Integer::sum);
      }
      assertThat(first.keySet()).containsExactlyInAnyOrder("red", "green", "blue", "grey");
    }
  }

  @Test
  void labelTexts_names_standForTheLabels() throws IOException {
    files.write("labels.jsonl", 4, "{\"text\": \"text %1$d\", \"label\": %1$d}");
    String source =
        "{path: labels.jsonl, pairs: {type: label-texts, names: {'0': card lost, '1': card"
            + " stolen}}}";
    try (Mixture mixture = files.open(source)) {
      assertThat(SourceFiles.all(mixture, 0))
          .extracting(member -> member.example().positive())
          .containsExactly("card lost", "card stolen", "2", "3");
    }
  }

  @Test
  void labelExamples_anyRow_hasTextsOfItsLabelAndOfOthers() throws IOException {
    Map<String, String> labels = labels();
    try (Mixture mixture = files.open(LABELS.formatted("examples"))) {
      var positives = new HashSet<String>();
      for (Member member : SourceFiles.all(mixture, 0)) {
        Example example = member.example();
        String own = labels.get(example.query());
        assertThat(example.positive()).isNotEqualTo(example.query());
        assertThat(labels.get(example.positive())).isEqualTo(own);
        assertThat(example.negatives()).hasSize(2);
        assertThat(example.negatives().stream().map(labels::get).distinct())
            .hasSize(2)
            .doesNotContain(own);
        positives.add(example.positive());
      }
      assertThat(positives).hasSizeGreaterThan(60);
    }
  }

  private Map<String, String> labels() throws IOException {
    Map<String, String> labels = new HashMap<>();
    for (String line : Files.readAllLines(folder.resolve("labels.jsonl"))) {
      String[] parts = line.split("\"", -1);
      labels.put(parts[3], parts[7]);
    }
    return labels;
  }

  @Test
  void labels_otherOrderOfTheFile_giveTheSamePairs() throws IOException {
    for (String type : List.of("texts", "examples")) {
      Map<String, Example> first;
      try (Mixture mixture = files.open(LABELS.formatted(type))) {
        first = byId(mixture);
      }
      List<String> lines = Files.readAllLines(folder.resolve("labels.jsonl"));
      Collections.shuffle(lines, new Random(1));
      files.write("labels.jsonl", lines);
      try (Mixture mixture = files.open(LABELS.formatted(type))) {
        assertThat(byId(mixture)).isEqualTo(first);
      }
    }
  }

  /// Without their places in the file.
  private static Map<String, Example> byId(Mixture mixture) {
    Map<String, Example> examples = new HashMap<>();
    for (Member member : SourceFiles.all(mixture, 0)) {
      examples.put(member.example().id(), member.example().withProvenance(Map.of()));
    }
    return examples;
  }

  @Test
  void labels_oneOrLonely_areRefused() throws IOException {
    files.write("one.jsonl", 3, "{\"text\": \"text %1$d\", \"label\": \"a\"}");
    assertThatThrownBy(() -> files.openAndClose("{path: one.jsonl, pairs: {type: label-texts}}"))
        .isInstanceOf(DataException.class)
        .hasMessage(folder.resolve("one.jsonl") + ": has 1 label; two or more are needed");
    files.write(
        "lonely.jsonl",
        List.of(
            "{\"text\": \"x\", \"label\": \"a\"}",
            "{\"text\": \"y\", \"label\": \"b\"}",
            "{\"text\": \"z\", \"label\": \"a\"}"));
    String source = "{path: lonely.jsonl, pairs: {type: label-examples}%s}";
    assertThatThrownBy(() -> files.openAndClose(source.formatted("")))
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder.resolve("lonely.jsonl")
                + ":2: no other text has this label, and another is needed as the positive");
    try (Mixture mixture = files.open(source.formatted(", unusable: skip"))) {
      assertThat(SourceFiles.times(mixture)).containsExactly(1, 0, 1);
    }
  }

  @Test
  void crops_anyText_areTwoPartsOfItByEpoch() {
    try (Mixture mixture = files.open(CROPS.formatted(""));
        Mixture again = files.open(CROPS.formatted(""))) {
      List<Member> first = SourceFiles.all(mixture, 0);
      var lengths = new HashSet<Integer>();
      for (Member member : first) {
        Example example = member.example();
        String text = text(example);
        assertThat(text).contains(example.query()).contains(example.positive());
        assertThat(example.query()).isNotEqualTo(example.positive());
        int words = example.query().split(" ", -1).length;
        assertThat(words).isBetween(2, 20);
        lengths.add(words);
        assertThat(example.kind()).isEqualTo(TaskKind.STS);
      }
      assertThat(lengths).hasSizeGreaterThan(10);
      assertThat(SourceFiles.all(again, 0)).isEqualTo(first);
      List<Member> next = SourceFiles.all(mixture, 1);
      assertThat(next).isNotEqualTo(first);
      assertThat(next)
          .extracting(member -> member.example().id())
          .isEqualTo(first.stream().map(member -> member.example().id()).toList());
    }
  }

  private static String text(Example example) {
    String prefix = example.query().replaceAll("w.*", "");
    var words = new StringBuilder();
    for (int word = 0; word < 40; word++) {
      words.append(prefix).append('w').append(word).append(' ');
    }
    return words.toString();
  }

  @Test
  void crops_textWithoutSpaces_areOfCharacters() throws IOException {
    files.write("texts.jsonl", 4, "{\"text\": \"%1$d" + "漢字𠮷仮名".repeat(20) + "\"}");
    try (Mixture mixture = files.open(CROPS.formatted(", least: 0.1, most: 0.2"))) {
      assertThat(SourceFiles.all(mixture, 0))
          .allSatisfy(
              member ->
                  assertThat(
                          member
                              .example()
                              .query()
                              .codePointCount(0, member.example().query().length()))
                      .isBetween(10, 20));
    }
  }

  @Test
  void crops_shortText_isRefusedByItsLine() throws IOException {
    files.write("texts.jsonl", List.of("{\"text\": \"no more than seven words stand here\"}"));
    assertThatThrownBy(() -> files.openAndClose(CROPS.formatted("")))
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder.resolve("texts.jsonl") + ":1: the text has 7 words, and crops are of 8 or more");
  }
}
