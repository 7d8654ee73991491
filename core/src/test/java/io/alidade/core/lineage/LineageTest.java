package io.alidade.core.lineage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.AlidadeException;
import io.alidade.core.Annotation;
import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.Example;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class LineageTest {
  private static final Example FIRST = example("abcdef01" + "0".repeat(24), "how warm is lava?");
  private static final Example SECOND = example("abcdef02" + "0".repeat(24), "who built Petra?");

  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void writeRun() {
    data = folder.resolve("data/train.jsonl");
    Path train = folder.resolve("train");
    AtomicFiles.writeText(data, FIRST.id() + "\n" + SECOND.id() + "\n");
    AtomicFiles.writeText(train.resolve("model/model.safetensors"), "weights");
    AtomicFiles.writeText(
        train.resolve("log.jsonl"),
        """
        {"step": 1, "epoch": 0, "loss": 2.5, "ids": ["%1$s", "%2$s"]}
        {"step": 2, "epoch": 0, "loss": 2.0, "ids": ["%2$s"]}
        {"step": 3, "epoch": 1, "loss": 1.5, "ids": ["%1$s", "%2$s"]}
        {"step": 3, "epoch": 1, "loss": 1.25, "ids": ["%1$s", "%2$s"]}
        {"step": 4, "ep"""
            .formatted(FIRST.id(), SECOND.id()));
    start("train", List.of(Input.of("data", data, train))).write(train);
    Path after = folder.resolve("evaluation/after");
    start("evaluate", List.of(Input.of("model", train.resolve("model"), after))).write(after);
    AtomicFiles.writeText(
        after.resolve("summary.json"),
        """
        {"tasks": [{"task": "facts", "metric": "ndcg_at_10", "score": 0.75, "data_sha256": "beef"}]}
        """);
    Path before = folder.resolve("evaluation/before");
    start("evaluate", List.of(new Input("model", "/backbone", "0000"))).write(before);
  }

  @Test
  void walk_prefix_followsItToTheScores() {
    Lineage lineage = walk("ABCDEF01");

    assertThat(lineage.id()).isEqualTo(FIRST.id());
    assertThat(lineage.sources()).containsExactly(new Lineage.Source(data.toString(), 1, FIRST));
    assertThat(lineage.trainings()).hasSize(1);
    Lineage.Training training = lineage.trainings().getFirst();
    assertThat(training.steps())
        .containsExactly(new Lineage.Step(1, 0, 2.5, 2), new Lineage.Step(3, 1, 1.25, 2));
    assertThat(training.models())
        .extracting(Lineage.Model::path)
        .containsExactly(folder.resolve("train/model").toString());
    assertThat(training.scores())
        .containsExactly(
            new Lineage.Score(
                folder.resolve("evaluation/after").toString(),
                "facts",
                "ndcg_at_10",
                0.75,
                "beef"));
    assertThat(lineage.notes()).isEmpty();
  }

  @Test
  void walk_badIds_saySo() {
    assertThatThrownBy(() -> walk("abcde"))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("\"abcde\" is no example id; an id is 32 hex digits");
    assertThatThrownBy(() -> walk("abcdefg")).isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> walk("abcdef"))
        .isInstanceOf(AlidadeException.class)
        .hasMessage(
            "2 examples begin with abcdef: %s, %s; give more digits", FIRST.id(), SECOND.id());
    assertThatThrownBy(() -> walk("123456"))
        .hasMessageContaining("no run in the folders given knows an example 123456");
  }

  @Test
  void walk_changedFiles_saysSo() throws IOException {
    Files.writeString(data, FIRST.id() + "\n");
    Files.writeString(folder.resolve("train/model/model.safetensors"), "other weights");

    Lineage lineage = walk("abcdef01");

    assertThat(lineage.notes())
        .containsExactly(
            "%s has changed since %s was trained on it".formatted(data, folder.resolve("train")),
            "%s has changed since %s measured it"
                .formatted(folder.resolve("train/model"), folder.resolve("evaluation/after")));
    assertThat(lineage.trainings().getFirst().scores()).isEmpty();
  }

  @Test
  void walk_missingFiles_stillTellsTheRest() throws IOException {
    Files.delete(data);

    Lineage lineage = walk("abcdef01");

    assertThat(lineage.sources()).isEmpty();
    assertThat(lineage.trainings().getFirst().steps()).hasSize(2);
    assertThat(lineage.notes().getFirst()).contains("train.jsonl, which").endsWith("is missing");

    Files.delete(folder.resolve("train/log.jsonl"));
    assertThatThrownBy(() -> walk("abcdef01"))
        .hasMessageContaining("log.jsonl is missing, so the steps");
  }

  @Test
  void walk_noRun_saysWhatIsMissing() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));

    assertThatThrownBy(() -> Lineage.walk("abcdef", List.of(empty), LineageTest::read))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds no manifest.json, so it is no run's folder");
    assertThatThrownBy(
            () -> Lineage.walk("abcdef", List.of(folder.resolve("none")), LineageTest::read))
        .hasMessageContaining("there must be a run's folder");
  }

  @Test
  void outputs_textAndJson_sayTheSame() {
    Lineage lineage = walk("abcdef01");

    assertThat(LineageText.of(lineage))
        .startsWith("example " + FIRST.id() + "\n  kind         short-long, language en\n")
        .contains("  query        how warm is lava?\n")
        .contains("stands in " + data + ":1\n  provenance   source: test\n")
        .contains("  step 3, epoch 1, with 1 others, loss 1.2500\n")
        .contains("  score facts ndcg_at_10 0.7500 (data sha256 beef, ");
    JsonNode json = JsonMapper.shared().readTree(lineage.json());
    assertThat(json.at("/trainings/0/steps/1/step").asInt()).isEqualTo(3);
    assertThat(json.at("/trainings/0/scores/0/data_sha256").asString()).isEqualTo("beef");
    assertThat(json.at("/sources/0/example/provenance/source").asString()).isEqualTo("test");
  }

  private Lineage walk(String id) {
    return Lineage.walk(id, List.of(folder), LineageTest::read);
  }

  /// A data file of this test is one id a line.
  private static void read(Path file, JsonNode source, Lineage.ExampleReader.Visitor visitor) {
    try {
      long number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        visitor.visit(number, line.equals(FIRST.id()) ? FIRST : SECOND);
      }
    } catch (IOException e) {
      throw new DataException(file, "cannot be read", e);
    }
  }

  private static Manifest start(String stage, List<Input> inputs) {
    return Manifest.start(stage, JsonNodeFactory.instance.objectNode(), 42, inputs, Map.of());
  }

  private static Example example(String id, String query) {
    return new Example(
        id,
        TaskKind.SHORT_LONG,
        "en",
        "Given a question, find its answer",
        query,
        "an answer",
        List.of(),
        Map.of("source", "test"),
        Annotation.NONE);
  }
}
