package io.alidade.synth.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import io.alidade.data.TrainingFile;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.prompt.PromptSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VarietyTest {
  private static final int CANDIDATES = 20_000;
  private static final Map<String, Double> QUESTIONS =
      Map.of("factual", 3.0, "how-to", 1.0, "comparative", 2.0);
  private static final Map<String, Double> DOCUMENTS = Map.of("news", 1.0, "manual", 4.0);

  @TempDir Path folder;

  private List<Candidate> candidates(VarietyConfig config, int count) {
    var sources =
        new Sources(
            PromptSet.builtIn(), Map.of(), Optional.empty(), Variety.of(config, folder::resolve));
    var sampler =
        new Sampler(
            42, sources, GenerateRecipe.PAPER_KINDS, Map.of("en", 1.0, "de", 1.0), List.of(1.0));
    return LongStream.range(0, count).mapToObj(sampler::candidate).toList();
  }

  private static VarietyConfig all() {
    return new VarietyConfig("built-in", QUESTIONS, DOCUMENTS, Path.of(""), 2);
  }

  private VarietyConfig shots(int count) throws IOException {
    var examples = new ArrayList<Example>();
    for (int i = 0; i < 30; i++) {
      examples.add(example(TaskKind.SHORT_LONG, i, List.of("wrong " + i)));
      examples.add(example(TaskKind.SHORT_LONG, 100 + i, List.of()));
      examples.add(example(TaskKind.LONG_LONG, 200 + i, List.of()));
    }
    TrainingFile.write(folder.resolve("mine.jsonl"), examples);
    return new VarietyConfig("", Map.of(), Map.of(), Path.of("mine.jsonl"), count);
  }

  private static Example example(TaskKind kind, int number, List<String> negatives) {
    return Example.of(
        kind, "en", "Find it", "query " + number, "document " + number, negatives, Map.of());
  }

  private static String origin(Candidate candidate, String key) {
    return String.valueOf(candidate.addition().origin().get(key));
  }

  private static List<?> shown(Candidate candidate) {
    return (List<?>) candidate.addition().origin().getOrDefault("shots", List.of());
  }

  @Test
  void candidate_types_haveTheAskedSharesWhateverElseIsDrawn() {
    List<Candidate> drawn =
        candidates(all(), CANDIDATES).stream()
            .filter(one -> one.prompt().name().equals("short-long"))
            .toList();
    List<Candidate> manuals =
        drawn.stream().filter(one -> origin(one, "document_type").equals("manual")).toList();

    SamplerTest.assertFits(drawn, one -> origin(one, "question_type"), QUESTIONS);
    SamplerTest.assertFits(drawn, one -> origin(one, "document_type"), DOCUMENTS);
    SamplerTest.assertFits(manuals, one -> origin(one, "question_type"), QUESTIONS);
    SamplerTest.assertFits(
        manuals, one -> one.queryLanguage().code(), Map.of("en", 1.0, "de", 1.0));
    assertThat(drawn.stream().map(one -> origin(one, "persona")).distinct()).hasSize(40);
  }

  @Test
  void candidate_additions_standInThePromptsTheyAreFor() {
    assertThat(candidates(all(), 500))
        .allSatisfy(
            one -> {
              boolean symmetric = one.prompt().header().kind().symmetric();
              assertThat(one.addition().origin().containsKey("persona")).isEqualTo(!symmetric);
              assertThat(one.text("Find it"))
                  .contains(symmetric ? "" : origin(one, "persona"))
                  .doesNotContainPattern("\\{[a-z_]+}");
            })
        .filteredOn(one -> one.addition().origin().containsKey("question_type"))
        .allMatch(one -> one.prompt().name().equals("short-long"))
        .allMatch(one -> one.text("").contains("- What \"user_query\" asks for is "))
        .isNotEmpty();
  }

  @Test
  void candidate_nothingOn_hasThePromptsOwnText() {
    assertThat(candidates(VarietyConfig.defaults(), 200))
        .allMatch(one -> one.addition().equals(Addition.NONE))
        .zipSatisfy(
            candidates(all(), 200),
            (plain, varied) -> {
              assertThat(varied.text("Find it")).startsWith(plain.text("Find it"));
              assertThat(varied.values()).isEqualTo(plain.values());
              assertThat(varied.seed()).isEqualTo(plain.seed());
            });
  }

  @Test
  void candidate_shots_areDifferentExamplesOfItsKind() throws IOException {
    List<Candidate> drawn = candidates(shots(3), 3_000);

    assertThat(drawn).isEqualTo(candidates(shots(3), 3_000));
    assertThat(drawn)
        .filteredOn(one -> one.prompt().name().equals("short-long"))
        .allSatisfy(
            one -> {
              assertThat(shown(one)).hasSize(3).doesNotHaveDuplicates();
              assertThat(one.text("Find that"))
                  .containsPattern(
                      "Task: Find it\n\\{\"user_query\":\"query \\d\\d?\",\"positive_document\":"
                          + "\"document \\d\\d?\",\"hard_negative_document\":\"wrong \\d\\d?\"}");
            })
        .isNotEmpty();
    assertThat(drawn)
        .filteredOn(one -> one.prompt().name().equals("sts"))
        .allMatch(one -> one.addition().equals(Addition.NONE))
        .isNotEmpty();
    assertThat(
            drawn.stream()
                .filter(one -> one.prompt().name().equals("long-long"))
                .flatMap(one -> shown(one).stream())
                .distinct())
        .as("all are shown sooner or later")
        .hasSize(30);
  }

  @Test
  void candidate_moreShotsThanExamples_showsAll() throws IOException {
    assertThat(candidates(shots(99), 100))
        .filteredOn(one -> one.prompt().name().equals("short-long"))
        .allSatisfy(one -> assertThat(shown(one)).hasSize(30));
  }

  @Test
  void personas_ofAFile_areItsLines() throws IOException {
    Files.writeString(folder.resolve("people.txt"), "a smith\n\na {query} sailor\n");
    var config = new VarietyConfig("people.txt", Map.of(), Map.of(), Path.of(""), 2);

    assertThat(candidates(config, 300))
        .filteredOn(one -> !one.prompt().header().kind().symmetric())
        .extracting(one -> origin(one, "persona"))
        .containsOnly("a smith", "a {query} sailor");
  }

  @Test
  void of_whatThereIsNot_isRefusedWithWhatIsAllowed() throws IOException {
    assertThatThrownBy(() -> of("", Map.of("factul", 1.0), Map.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(
            "variety.question_types: there is no type \"factul\"; did you mean \"factual\"?; there"
                + " are factual, definition, how-to,");
    assertThatThrownBy(() -> of("", Map.of(), Map.of("poem", 1.0)))
        .hasMessageContaining("variety.document_types: there is no type \"poem\"");
    assertThatThrownBy(() -> of("", Map.of(), Map.of("news", -1.0)))
        .isInstanceOf(UsageException.class)
        .hasMessage("variety.document_types: the weight of news must not be negative, is -1.0");
    Files.writeString(folder.resolve("empty.txt"), "\n");
    assertThatThrownBy(() -> of("empty.txt", Map.of(), Map.of()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("empty.txt")
        .hasMessageContaining("holds no persona; write one a line");
    Files.writeString(folder.resolve("long.txt"), "a".repeat(501));
    assertThatThrownBy(() -> of("long.txt", Map.of(), Map.of()))
        .hasMessageContaining("a persona is a few words on who asks");
    assertThatThrownBy(() -> of("none.txt", Map.of(), Map.of()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.txt");
  }

  private void of(String personas, Map<String, Double> questions, Map<String, Double> documents) {
    Variety _ =
        Variety.of(
            new VarietyConfig(personas, questions, documents, Path.of(""), 2), folder::resolve);
  }
}
