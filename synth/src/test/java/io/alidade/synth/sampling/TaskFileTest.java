package io.alidade.synth.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.UsageException;
import io.alidade.data.RowFile;
import io.alidade.synth.prompt.PromptSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TaskFileTest {
  private static final List<WrittenTask> EXPECTED =
      List.of(
          new WrittenTask("Find the rule that answers a player's question.", "tasks:1"),
          new WrittenTask("Find the recipe for what is left in the fridge.", "tasks:3"));

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<WrittenTask> tasks(Path path) {
    return TaskFile.read(path).stream()
        .map(
            one -> new WrittenTask(one.text(), one.place().replaceFirst("tasks\\.\\w+:", "tasks:")))
        .toList();
  }

  @Test
  void read_lines_areTasksWithTheirPlaces() throws IOException {
    Path plain =
        write(
            "tasks.txt",
            """
            \uFEFF%s

              %s\s\s
            %1$s
            """
                .formatted(EXPECTED.get(0).text(), EXPECTED.get(1).text()));
    Path objects =
        write(
            "tasks.jsonl",
            """
            {"task": "%s", "iteration": 0}
            {"task": "%1$s", "iteration": 1}
            {"task": "%s", "iteration": 1}
            """
                .formatted(EXPECTED.get(0).text(), EXPECTED.get(1).text()));

    assertThat(tasks(plain)).isEqualTo(EXPECTED);
    assertThat(tasks(objects)).isEqualTo(EXPECTED);
  }

  /// The published list is a folder with a README and one file of objects.
  @Test
  void read_folder_readsItsFilesOfTasksInOrder() throws IOException {
    write("README.md", "# no task");
    write(
        "b.json",
        "[{\"task\": \"Find the second one\", \"iteration\": 3}, \"Find the third one\"]");
    write("a.txt", "Find the first one");

    assertThat(TaskFile.read(folder))
        .containsExactly(
            new WrittenTask("Find the first one", "a.txt:1"),
            new WrittenTask("Find the second one", "b.json:1"),
            new WrittenTask("Find the third one", "b.json:2"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a.txt     | Find it quickly\\nshort         | a.txt:2: has 5 characters; a task is a sentence
          a.jsonl   | {"task": "Find it all"}\\n{"x": 1} | a.jsonl:2: no column "task"; found x
          a.jsonl   | {"task": "Find it all"}\\n{"task"  | a.jsonl:2: broken JSON
          a.jsonl   | {"task": "Find it all"}\\n{"task": 5} | a.jsonl:2: "task" must hold text, found 5
          a.json    | ["Find it all", {"x": 1}]      | a.json: element 2 of the list has no text "task"
          a.json    | ["Find it all", "no"]          | a.json: element 2 of the list has 2 characters
          a.json    | ["Find it all",                | a.json:1: broken JSON
          a.csv     | task                           | a.csv: is a table; save its tasks as plain lines
          a.parquet | PAR1                           | a.parquet: cannot be read as Parquet
          a.txt     | ''                             | a.txt: holds no task; write one a line
          """)
  void read_badLine_isRefusedByPlace(String name, String text, String message) throws IOException {
    Path file = write(name, text.replace("\\n", "\n"));

    assertThatThrownBy(() -> TaskFile.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(message);
  }

  @Test
  void read_parquet_isReadLikeJsonlAndNamesItsRows() {
    Path file = folder.resolve("a.parquet");
    writeParquet(file, "Find the first one", "Find the second one", "Find the first one");

    assertThat(TaskFile.read(folder))
        .isEqualTo(TaskFile.read(file))
        .containsExactly(
            new WrittenTask("Find the first one", "a.parquet:1"),
            new WrittenTask("Find the second one", "a.parquet:2"));

    writeParquet(file, "Find the first one", "short");
    assertThatThrownBy(() -> TaskFile.read(file))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("a.parquet: row 2: has 5 characters; a task is a sentence of 8 to");
  }

  private static void writeParquet(Path file, String... tasks) {
    RowFile.write(
        file,
        Map.of("task", "VARCHAR"),
        rows -> {
          for (String task : tasks) {
            rows.accept(JsonMapper.shared().createObjectNode().put("task", task));
          }
        });
  }

  @Test
  void read_missingFile_saysSo() {
    assertThatThrownBy(() -> TaskFile.read(folder.resolve("none.txt")))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("none.txt: there is no such file of tasks");
  }

  private static Sampler sampler(Map<String, List<WrittenTask>> tasks) {
    return new Sampler(
        1,
        new Sources(PromptSet.builtIn(), tasks, Optional.empty(), Variety.none()),
        Map.of("short-long", 1.0, "long-short", 1.0, "sts", 1.0),
        Map.of("en", 1.0),
        List.of(1.0));
  }

  @Test
  void sampler_writtenTasks_areDrawnBySeedAndNumberForTheirKind() {
    Sampler sampler = sampler(Map.of("short-long", EXPECTED));
    var drawn = new HashSet<TaskChoice>();
    for (int i = 0; i < 100; i++) {
      Candidate candidate = sampler.candidate(i);
      assertThat(candidate).isEqualTo(sampler(Map.of("short-long", EXPECTED)).candidate(i));
      switch (candidate.prompt().name()) {
        case "short-long" -> drawn.add(candidate.task());
        case "sts" -> assertThat(candidate.task()).isEqualTo(new TaskChoice.None());
        default -> assertThat(candidate.task()).isInstanceOf(TaskSlot.class);
      }
    }
    assertThat(drawn).containsExactlyInAnyOrderElementsOf(EXPECTED);
  }

  @Test
  void sampler_tasksForNoKind_areRefusedByKey() {
    assertThatThrownBy(() -> sampler(Map.of("short-lang", EXPECTED)))
        .isInstanceOf(UsageException.class)
        .hasMessage("tasks.short-lang: kinds does not have it; did you mean \"short-long\"?");
    assertThatThrownBy(() -> sampler(Map.of("sts", EXPECTED)))
        .isInstanceOf(UsageException.class)
        .hasMessage("tasks.sts: its prompt has no place for a {task}");
  }
}
