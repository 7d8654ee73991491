package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.Annotation;
import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TrainingLayoutTest {
  private static final TrainingDefaults DEFAULTS = TrainingDefaults.of("");
  private static final Example EXAMPLE =
      Example.of(
          TaskKind.SHORT_LONG, "en", "Find it", "q", "p", List.of("n", "m"), Map.of("a", "b"));
  @TempDir Path folder;

  /// Those of queries with positives and negatives.
  static List<TrainingLayout> layouts() {
    return TrainingLayouts.ALL.stream().filter(layout -> layout.holds(EXAMPLE)).toList();
  }

  /// The lines that the tools' own loaders read.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          triplets              | {"query":"q","positive":"p","negative":"n"}
          sentence-transformers | {"anchor":"q","positive":"p","negative":"n"}
          flag-embedding        | {"query":"q","pos":["p"],"neg":["n","m"],"prompt":"Find it"}
          gritlm                | {"query":["Find it","q"],"pos":[["","p"]],"neg":[["","n"],["","m"]]}
          automodel             | {"query":"q","pos_doc":["p"],"neg_doc":["n","m"]}
          ms-swift              | {"messages":[{"role":"user","content":"q"}],"positive_messages":[[{"role":"user","content":"p"}]],"negative_messages":[[{"role":"user","content":"n"}],[{"role":"user","content":"m"}]]}
          """)
  void write_example_givesTheToolsRow(String layout, String row) {
    assertThat(TrainingLayouts.of(layout).write(EXAMPLE).getFirst()).hasToString(row);
  }

  @Test
  void write_ownProvenance_isSortedAtEveryDepth() {
    var inner = new LinkedHashMap<String, Object>();
    inner.put("teacher", "bm25");
    inner.put("negatives", 2);
    var outer = new LinkedHashMap<String, Object>();
    outer.put("mined", inner);
    outer.put("file", "pairs.jsonl");
    Example example = Example.of(TaskKind.STS, "en", "i", "q", "p", List.of(), outer);
    assertThat(TrainingLayouts.of("alidade").write(example).getFirst().get("provenance"))
        .hasToString("{\"file\":\"pairs.jsonl\",\"mined\":{\"negatives\":2,\"teacher\":\"bm25\"}}");
  }

  @Test
  void write_tevatron_givesPassagesWithIdsOfTheirTexts() {
    ObjectNode row = TrainingLayouts.of("tevatron").write(EXAMPLE).getFirst();
    assertThat(row.path("query_id").asString()).isEqualTo(EXAMPLE.id());
    assertThat(row.at("/positive_passages/0"))
        .hasToString(
            "{\"docid\":\"148de9c5a7a44d19e56cd9ae1a554bf6\",\"title\":\"\",\"text\":\"p\"}");
    assertThat(row.at("/negative_passages/1/text").asString()).isEqualTo("m");
  }

  /// Whatever a layout has a place for comes back, from JSONL and from Parquet, and is recognised.
  @ParameterizedTest
  @MethodSource("layouts")
  void write_thenRead_keepsTheTexts(TrainingLayout layout) {
    var random = new TrainingExamples(11);
    // As many negatives as every layout keeps in one row.
    List<Example> examples = IntStream.range(0, 60).mapToObj(_ -> random.example(1)).toList();
    for (String name : List.of("a.jsonl", "a.parquet")) {
      Path file = folder.resolve(name);
      RowFile.write(
          file,
          layout.columns(),
          rows -> examples.forEach(example -> layout.write(example).forEach(rows)));
      List<Example> read = TrainingFile.read(file, DEFAULTS);
      assertThat(read).extracting(Example::query).isEqualTo(map(examples, Example::query));
      assertThat(read).extracting(Example::positive).isEqualTo(map(examples, Example::positive));
      assertThat(read).extracting(Example::negatives).isEqualTo(map(examples, Example::negatives));
      if (!layout.drops().contains("instruction")) {
        assertThat(read)
            .extracting(Example::instruction)
            .isEqualTo(map(examples, Example::instruction));
      }
      if (layout.drops().isEmpty()) {
        assertThat(read).isEqualTo(examples);
      }
    }
  }

  @Test
  void write_sentenceTransformers_hasTheSameColumnsInEveryRow() {
    assertThat(new SentenceTransformersLayout(0).write(EXAMPLE))
        .hasToString("[{\"anchor\":\"q\",\"positive\":\"p\"}]");
    assertThat(new SentenceTransformersLayout(1).write(EXAMPLE)).hasSize(2);
    assertThat(new SentenceTransformersLayout(2).write(EXAMPLE))
        .hasToString(
            "[{\"anchor\":\"q\",\"positive\":\"p\",\"negative_1\":\"n\",\"negative_2\":\"m\"}]");
    assertThat(new SentenceTransformersLayout(3).write(EXAMPLE)).isEmpty();
  }

  @Test
  void read_sentenceTransformers_goesByOrderUnderOtherNames() {
    TrainingTexts texts =
        TrainingLayouts.of("sentence-transformers")
            .read(row("{\"label\":1,\"title\":\"q\",\"body\":\"p\",\"other\":\"n\"}"));
    assertThat(texts)
        .isEqualTo(
            TrainingTexts.of("q", List.of("p"), List.of("n"))
                .withAnnotations(List.of(Annotation.ofTeacher(List.of(0.0, -1.0)))));
  }

  @Test
  void read_gritLmSymmetric_hasTheInstructionOnBothSides() {
    Example symmetric = Example.of(TaskKind.STS, "en", "Same", "q", "p", List.of(), Map.of());
    assertThat(TrainingLayouts.of("gritlm").write(symmetric).getFirst())
        .hasToString("{\"query\":[\"Same\",\"q\"],\"pos\":[[\"Same\",\"p\"]],\"neg\":[]}");
  }

  @Test
  void read_tevatronTitles_standBeforeTheText() {
    TrainingTexts texts =
        TrainingLayouts.of("tevatron")
            .read(
                row(
                    "{\"query\":\"q\",\"positive_passages\":[{\"docid\":\"1\",\"title\":\"t\","
                        + "\"text\":\"p\"}],\"negative_passages\":[]}"));
    assertThat(texts.positives()).containsExactly("t p");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"query_text":"q","positive_document_ids":["1"]}       | ids into a corpus
          {"corpus":[{"path":"c"}],"data":[]}                    | ids into a corpus; write them as pos_doc
          {"query":"q","positive_passages":[]}                   | must hold one passage or more
          {"query":"q","positive_passages":[{"docid":"1"}]}      | "positive_passages" must hold text
          {"query":["q"],"pos":[["","p"]]}                       | must be [instruction, text]
          {"query":["i","q"],"pos":["p"]}                        | pairs of [instruction, text]
          {"query":["i","q"],"pos":[["","p"]],"neg":[["",""]]}   | "neg" holds an empty text
          {"messages":[],"positive_messages":[[{"content":"p"}]]}| messages of {role, content}
          {"messages":[{"content":"q"}],"positive_messages":[]}  | exactly one conversation, found 0
          {"query":"q","pos_doc":[]}                             | "pos_doc" must hold one text
          {"anchor":"q","positive":"p","score":[1,2]}            | "score" has 2 numbers, but there are a positive and 0 negatives
          {"anchor":"q","positive":"p","score":["a"]}            | "score" must hold numbers, found "a"
          {"anchor":"q","positive":"p","negative_1":"n","negative_2":"m","score":0.5} | has 1 numbers, but there are a positive and 2
          {"query":"q","positive":"p","score":"high"}            | "score" must be a number, found "high"
          {"query":"q","positive":"p","negatives":["n"],"teacher_scores":[1]} | "teacher_scores" has 1 values, but there are a positive and 1 negatives
          {"query":"q","positive":"p","documents":["a","b"]}     | "documents" has 2 values, but there are a positive and 0 negatives
          {"query":"q","pos":["p"],"neg":["n"],"pos_scores":[1],"neg_scores":[1,2]} | "neg_scores" has 2 numbers for 1 texts
          {"sentence1":"q","sentence2":"","score":1}             | "sentence2" is empty
          {"question":"q"}                                       | no column "query"; found question
          """)
  void examples_badRow_saysWhatIsAllowed(String json, String message) {
    assertThatThrownBy(() -> TrainingFile.examples(row(json), DEFAULTS))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("x.jsonl:3: ")
        .hasMessageContaining(message);
  }

  // --- what rows say beside the texts ------------------------------------------------------------

  /// Label columns mean what sentence-transformers' losses take them for.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          {"sentence1":"q","sentence2":"p","score":3.5}                    | 3.5 | - | []
          {"sentence1":"q","sentence2":"p","label":"neutral"}              | -   | neutral | []
          {"sentence1":"q","sentence2":"p","label":true}                   | 1.0 | - | []
          {"sentence1":"q","sentence2":"p"}                                | -   | - | []
          {"anchor":"q","positive":"p","labels":0}                         | 0.0 | - | []
          {"anchor":"q","positive":"p","negative":"n","label":1}           | -   | - | [0.0, -1.0]
          {"anchor":"q","positive":"p","negative":"n","label":2.5}         | -   | - | [0.0, -2.5]
          {"query":"q","positive":"p","negative":"n","score":2.5}          | -   | - | [0.0, -2.5]
          {"anchor":"q","positive":"p","negative":"n","scores":[4,1.5]}    | -   | - | [4.0, 1.5]
          {"query":"q","positive":"p","negatives":["n"],"score":0.5}       | 0.5 | - | []
          {"query":"q","positive":"p","label":3}                           | -   | 3 | []
          {"query":"q","pos":["p"],"neg":["n"],"pos_scores":[4],"neg_scores":[1]} | - | - | [4.0, 1.0]
          {"query":"q","pos":["p"],"neg":["n"],"pos_scores":[4]}           | -   | - | []
          """)
  void examples_labelColumns_areKept(
      String json, @Nullable Double score, @Nullable String label, String teacher) {
    Annotation annotation = TrainingFile.examples(row(json), DEFAULTS).getFirst().annotation();
    assertThat(annotation.score()).isEqualTo(Optional.ofNullable(score));
    assertThat(annotation.label()).isEqualTo(Optional.ofNullable(label));
    assertThat(annotation.teacherScores()).hasToString(teacher);
  }

  @Test
  void examples_severalPositives_haveTheirOwnScoresAndIds() {
    assertThat(
            TrainingFile.examples(
                row(
                    "{\"query\":\"q\",\"pos\":[\"p\",\"r\"],\"neg\":[\"n\"],"
                        + "\"pos_scores\":[4,3],\"neg_scores\":[1]}"),
                DEFAULTS))
        .extracting(example -> example.annotation().teacherScores())
        .containsExactly(List.of(4.0, 1.0), List.of(3.0, 1.0));
    assertThat(
            TrainingFile.examples(
                row(
                    "{\"query\":\"q\",\"positive_passages\":[{\"docid\":\"1\",\"text\":\"p\"},"
                        + "{\"docid\":2,\"text\":\"r\"}],\"negative_passages\":"
                        + "[{\"docid\":\"3\",\"text\":\"n\"}]}"),
                DEFAULTS))
        .extracting(example -> example.annotation().documents())
        .containsExactly(List.of("1", "3"), List.of("2", "3"));
  }

  /// What a layout says it keeps comes back, from JSONL and from Parquet.
  @ParameterizedTest
  @ValueSource(strings = {"alidade", "flag-embedding", "tevatron", "scored-pairs"})
  void write_annotated_keepsWhatTheLayoutNames(String name) {
    TrainingLayout layout = TrainingLayouts.of(name);
    Example example =
        EXAMPLE.withAnnotation(
            new Annotation(
                Optional.of(0.75),
                Optional.of("neutral"),
                List.of(3.0, 1.5, -2.25),
                List.of("a", "b", "c")));
    for (String file : List.of("a.jsonl", "a.parquet")) {
      Path path = folder.resolve(file);
      RowFile.write(path, layout.columns(), rows -> layout.write(example).forEach(rows));
      Annotation read = TrainingFile.read(path, DEFAULTS).getFirst().annotation();
      assertThat(read.present()).containsExactlyInAnyOrderElementsOf(layout.annotations());
      read.score().ifPresent(score -> assertThat(score).isEqualTo(0.75));
      read.label().ifPresent(label -> assertThat(label).isEqualTo("neutral"));
      assertThat(List.of(List.of(), List.of(3.0, 1.5, -2.25))).contains(read.teacherScores());
      assertThat(List.of(List.of(), List.of("a", "b", "c"))).contains(read.documents());
    }
  }

  @Test
  void holds_pairGradedAsNoPositive_isForTheLayoutsOfGradesOnly() {
    Example pair =
        Example.of(TaskKind.STS, "en", "", "q", "p", List.of(), Map.of())
            .withAnnotation(Annotation.ofScore(0.2));
    assertThat(TrainingLayouts.ALL.stream().filter(layout -> layout.holds(pair)))
        .extracting(TrainingLayout::label)
        .containsExactly("alidade", "scored-pairs");
  }

  @Test
  void examples_textAlone_isItsOwnPositiveUnderTheSameInstruction() {
    Example example = TrainingFile.examples(row("{\"text\":\"q\"}"), DEFAULTS).getFirst();
    assertThat(example.positive()).isEqualTo(example.query()).isEqualTo("q");
    assertThat(example.kind()).isEqualTo(TaskKind.STS);
    assertThat(TrainingLayouts.of("texts").write(example)).hasToString("[{\"text\":\"q\"}]");
  }

  @Test
  void of_unknownName_suggestsTheNearest() {
    assertThatThrownBy(() -> TrainingLayouts.of("gritlmm"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("is none of alidade, sentence-transformers, ")
        .hasMessageContaining("did you mean \"gritlm\"?");
  }

  private static JsonLine row(String json) {
    return new JsonLine(
        Path.of("x.jsonl"), 3, JsonMapper.shared().readValue(json, ObjectNode.class));
  }

  private static <T> List<T> map(List<Example> examples, Function<Example, T> value) {
    return examples.stream().map(value).toList();
  }
}
