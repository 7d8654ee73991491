package io.alidade.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingFileTest {
  private static final TrainingDefaults DEFAULTS = TrainingDefaults.of("Find the answer");
  @TempDir Path folder;

  @Test
  void write_thenRead_givesTheSameExamplesAndBytes() throws IOException {
    List<Example> examples =
        List.of(
            Example.of(
                TaskKind.BITEXT,
                "en-de",
                "Translate",
                "a \"b\"\n",
                "ü 😀",
                List.of("n1", "n2"),
                Map.of("source", "sample", "cost", Map.of("usd", 0.5))),
            Example.of(TaskKind.STS, "en", "", "q", "p", List.of(), Map.of()));
    Path first = folder.resolve("sub/first.jsonl");
    TrainingFile.write(first, examples);
    List<Example> read = TrainingFile.read(first, DEFAULTS);
    assertThat(read).isEqualTo(examples);
    Path second = folder.resolve("second.jsonl");
    TrainingFile.write(second, read);
    assertThat(second).hasSameTextualContentAs(first);
    assertThat(Files.readString(first)).startsWith("{\"id\":\"").contains("\"kind\":\"bitext\"");
  }

  @Test
  void read_plainLayouts_takesDefaultsAndProvenance() throws IOException {
    Path file =
        lines(
            "{\"query\":\"q\",\"positive\":\"p\",\"negative\":\"n\"}",
            "{\"query\":\"q\",\"positive\":\"p\",\"negatives\":[\"n\",\"m\"]}",
            "{\"anchor\":\"q\",\"positive\":\"p\",\"negative_1\":\"n\",\"negative_2\":\"m\"}");
    List<Example> examples = TrainingFile.read(file, DEFAULTS);
    assertThat(examples)
        .extracting(Example::negatives)
        .containsExactly(List.of("n"), List.of("n", "m"), List.of("n", "m"));
    assertThat(examples).extracting(Example::instruction).containsOnly("Find the answer");
    // Mined negatives do not change the id.
    assertThat(examples).extracting(Example::id).containsOnly(examples.getFirst().id());
  }

  @Test
  void read_flagEmbedding_givesOneExampleAPositive() throws IOException {
    Path file =
        lines("{\"query\":\"q\",\"pos\":[\"a\",\"b\"],\"neg\":[\"n\"],\"prompt\":\"Find: \"}");
    List<Example> examples = TrainingFile.read(file, DEFAULTS);
    assertThat(examples).extracting(Example::positive).containsExactly("a", "b");
    assertThat(examples).extracting(Example::instruction).containsOnly("Find:");
  }

  @Test
  void read_wrongId_namesBoth() throws IOException {
    Path file = lines("{\"id\":\"0123\",\"query\":\"q\",\"positive\":\"p\"}");
    Example right =
        Example.of(
            TaskKind.SHORT_LONG, "und", DEFAULTS.instruction(), "q", "p", List.of(), Map.of());
    assertThatThrownBy(() -> TrainingFile.read(file, DEFAULTS))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(":1: \"id\" is 0123")
        .hasMessageContaining(right.id());
  }

  @Test
  void read_missingColumn_namesColumnLineAndLayouts() throws IOException {
    Path file =
        lines("{\"query\":\"q\",\"positive\":\"p\"}", "{\"query\":\"q\",\"passage\":\"p\"}");
    assertThatThrownBy(() -> TrainingFile.read(file, DEFAULTS))
        .hasMessageContaining("train.jsonl:2: no column \"positive\"; found query, passage")
        .hasMessageContaining("{query, positive, negatives}");
  }

  @Test
  void read_badValues_areRefusedWithTheLine() throws IOException {
    Map<String, String> problems =
        Map.of(
            "{\"query\":1,\"positive\":\"p\"}", "\"query\" must hold text, found 1",
            "{\"query\":\" \",\"positive\":\"p\"}", "\"query\" is empty",
            "{\"query\":\"q\",\"positive\":\"p\",\"kind\":\"stss\"}", "none of short-long",
            "{\"query\":\"q\",\"positive\":\"p\",\"negatives\":[\"\"]}", "a negative is empty",
            "{\"query\":\"q\",\"positive\":\"p\",\"provenance\":3}", "must be an object");
    for (var problem : problems.entrySet()) {
      Path file = lines(problem.getKey());
      assertThatThrownBy(() -> TrainingFile.read(file, DEFAULTS))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("train.jsonl:1: ")
          .hasMessageContaining(problem.getValue());
    }
  }

  private Path lines(String... lines) throws IOException {
    return Files.write(folder.resolve("train.jsonl"), List.of(lines));
  }
}
