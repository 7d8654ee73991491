package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TrainingLayoutTest {
  private static final TrainingDefaults DEFAULTS = TrainingDefaults.of("");
  private static final Example EXAMPLE =
      Example.of(
          TaskKind.SHORT_LONG, "en", "Find it", "q", "p", List.of("n", "m"), Map.of("a", "b"));
  @TempDir Path folder;

  static List<TrainingLayout> layouts() {
    return TrainingLayouts.ALL;
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
    assertThat(texts).isEqualTo(TrainingTexts.of("q", List.of("p"), List.of("n")));
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
          {"anchor":"q","positive":"p","score":0.2}              | "score" is 0.2, and only a pair with 1
          {"question":"q"}                                       | no column "query"; found question
          """)
  void examples_badRow_saysWhatIsAllowed(String json, String message) {
    assertThatThrownBy(() -> TrainingFile.examples(row(json), DEFAULTS))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("x.jsonl:3: ")
        .hasMessageContaining(message);
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
