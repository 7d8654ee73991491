package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.core.AtomicFiles;
import io.alidade.core.ContentHash;
import io.alidade.core.TextInput;
import io.alidade.core.manifest.Manifest;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluateCommandTest {
  @TempDir Path folder;
  private Path model;
  private Path tasks;
  private Path out;
  private final CommandRunner runner = new CommandRunner();

  @BeforeEach
  void writeFiles() {
    model = folder.resolve("model");
    tasks = folder.resolve("tasks");
    out = folder.resolve("out");
    AtomicFiles.writeText(model.resolve("weights"), "1");
    AtomicFiles.writeText(
        tasks.resolve("pairs.jsonl"),
        """
        {"sentence1": "abc", "sentence2": "abc", "score": 5}
        {"sentence1": "abc", "sentence2": "abz", "score": 3}
        {"sentence1": "abc", "sentence2": "xyz", "score": 0}
        """);
    AtomicFiles.writeText(
        tasks.resolve("triples.jsonl"),
        """
        {"query": "red fox", "positive": "a red fox", "negative": "blue whale"}
        {"query": "blue whale", "positive": "one blue whale", "negative": "a green frog"}
        """);
  }

  @Test
  void evaluate_folderOfTasks_printsAndWritesScores() {
    Result result = runner.run("evaluate", "--model", model, "--tasks", tasks, "--out", out);

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("test/letters, sha256 ").contains("pairs").contains("1.0000");
    Manifest manifest = Manifest.read(out);
    assertThat(manifest.complete()).isTrue();
    assertThat(manifest.counts()).containsEntry("tasks", 2L);
    assertThat(manifest.inputs().getFirst().sha256()).isEqualTo(ContentHash.of(model));
  }

  @Test
  void evaluate_json_printsTheSummary() {
    Result result =
        runner.run("evaluate", "--model", model, "--tasks", tasks, "--out", out, "--json");

    JsonNode summary = JsonMapper.shared().readTree(result.out());
    assertThat(summary.at("/model/name").asString()).isEqualTo("test/letters");
    assertThat(summary.path("tasks")).hasSize(2);
  }

  @Test
  void evaluate_instruction_goesOnQueries() {
    runner.run(
        "evaluate",
        "--model",
        model,
        "--tasks",
        tasks.resolve("triples.jsonl"),
        "--out",
        out,
        "--instruction",
        "Find it");

    assertThat(runner.embedder.inputs)
        .contains(TextInput.query("Find it", "red fox"), TextInput.document("a red fox"));
  }

  @Test
  void evaluate_prompt_goesBeforeQueriesAsItIs() {
    Path triples = tasks.resolve("triples.jsonl");

    runner.run(
        "evaluate", "--model", model, "--tasks", triples, "--out", out, "--prompt", "similar");

    assertThat(runner.embedder.inputs)
        .contains(TextInput.prompted("Same: ", "red fox"), TextInput.document("a red fox"));
    assertThat(
            runner
                .run(
                    "evaluate", "--model", model, "--tasks", triples, "--out", out, "--prompt", "x")
                .err())
        .contains("the model has no prompt \"x\"; it has similar");
  }

  @Test
  void evaluate_bm25_needsNoModel() {
    Result result = runner.run("evaluate", "--model", "bm25", "--tasks", tasks, "--out", out);

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("baseline/bm25").contains("triples");
  }

  @Test
  void evaluate_otherModelIntoTheSameFolder_isRefused() {
    runner.run("evaluate", "--model", model, "--tasks", tasks, "--out", out);

    Result result = runner.run("evaluate", "--model", "bm25", "--tasks", tasks, "--out", out);

    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err())
        .contains("holds a run with another recipe: model (was \"test/letters\"")
        .contains("choose another --out");
  }

  @Test
  void evaluate_noTask_saysWhatIsAllowed() {
    Result result =
        runner.run("evaluate", "--model", model, "--tasks", folder.resolve("no"), "--out", out);

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("there is no such");
    assertThat(out).doesNotExist();
  }
}
