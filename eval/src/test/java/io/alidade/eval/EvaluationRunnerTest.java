package io.alidade.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DataException;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.data.EvaluationTask;
import io.alidade.data.TaskInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class EvaluationRunnerTest {
  private static final EvaluationSettings SETTINGS = new EvaluationSettings(2, 4, 42, 1000, 10, 1);
  private static final RunEnvironment ENVIRONMENT =
      new RunEnvironment("2 cores", Map.of("java", "25"));
  @TempDir Path folder;

  /// Counts, and can be killed before a task.
  private static final class Counting implements Evaluator {
    private final Evaluator evaluator;
    private final String killedAt;
    private int evaluated;

    Counting(String sha256, String killedAt) {
      var embedder = new WordsEmbedder();
      var model = new MeasuredModel("org/words", sha256, 512, 64, 10);
      this.evaluator = new EmbeddingEvaluator(embedder, model, SETTINGS);
      this.killedAt = killedAt;
    }

    @Override
    public MeasuredModel model() {
      return evaluator.model();
    }

    @Override
    public String settings() {
      return evaluator.settings();
    }

    @Override
    public Optional<TaskScores> evaluate(EvaluationTask task, Progress progress) {
      if (task.name().equals(killedAt)) {
        throw new IllegalStateException("killed");
      }
      evaluated++;
      return evaluator.evaluate(task, progress);
    }
  }

  @Test
  void run_thenRead_givesTheSameRun() {
    EvaluationRun run = run(new Counting("a".repeat(64), ""));
    assertThat(EvaluationReader.read(folder)).isEqualTo(run);
    assertThat(run.tasks()).hasSize(5);
  }

  @Test
  void run_everyTask_writesMtebsLayout() throws IOException {
    run(new Counting("a".repeat(64), ""));
    Path model = folder.resolve("results/org__words").resolve("a".repeat(40));
    JsonNode result = json(model.resolve("sample-retrieval.json"));
    assertThat(result.propertyNames())
        .containsExactly(
            "dataset_revision",
            "task_name",
            "mteb_version",
            "scores",
            "evaluation_time",
            "kg_co2_emissions",
            "date");
    JsonNode scores = result.at("/scores/test/0");
    assertThat(scores.get("main_score").asDouble()).isEqualTo(1.0);
    assertThat(scores.get("ndcg_at_10").asDouble()).isEqualTo(1.0);
    assertThat(scores.at("/languages/0").asString()).isEqualTo("eng-Latn");
    assertThat(json(model.resolve("model_meta.json")).get("name").asString())
        .isEqualTo("org/words");
    assertThat(folder.resolve("per_query/sample-sts.jsonl")).exists();
  }

  @Test
  void run_killedAndRunAgain_continues() {
    var killed = new Counting("a".repeat(64), "sample-classification");
    assertThatThrownBy(() -> run(killed)).hasMessage("killed");
    assertThat(killed.evaluated).isEqualTo(2);
    var again = new Counting("a".repeat(64), "");
    assertThat(run(again).tasks()).hasSize(5);
    assertThat(again.evaluated).isEqualTo(3);
    var third = new Counting("a".repeat(64), "");
    run(third);
    assertThat(third.evaluated).isZero();
  }

  @Test
  void run_otherModelOrInstructionOrLostFile_measuresAgain() throws IOException {
    run(new Counting("a".repeat(64), ""));
    var otherModel = new Counting("b".repeat(64), "");
    run(otherModel);
    assertThat(otherModel.evaluated).isEqualTo(5);
    var otherInstruction = new Counting("b".repeat(64), "");
    List<EvaluationTask> tasks = List.of(SampleTasks.sts().withInstruction("Otherwise"));
    new EvaluationRunner(folder, ENVIRONMENT).run(tasks, otherInstruction, Progress.NONE);
    assertThat(otherInstruction.evaluated).isEqualTo(1);
    Files.delete(folder.resolve("per_query/sample-sts.jsonl"));
    new EvaluationRunner(folder, ENVIRONMENT).run(tasks, otherInstruction, Progress.NONE);
    assertThat(otherInstruction.evaluated).isEqualTo(2);
  }

  @Test
  void run_twoTasksOfOneName_isRefused() {
    List<EvaluationTask> tasks = List.of(SampleTasks.sts(), SampleTasks.sts());
    assertThatThrownBy(
            () ->
                new EvaluationRunner(folder, ENVIRONMENT)
                    .run(tasks, new Counting("a", ""), Progress.NONE))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("two tasks are called \"sample-sts\"");
  }

  @Test
  void read_noOrBrokenSummary_saysSo() throws IOException {
    assertThatThrownBy(() -> EvaluationReader.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is no evaluation: it holds no summary.json");
    Files.writeString(folder.resolve("summary.json"), "{}");
    assertThatThrownBy(() -> EvaluationReader.read(folder))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("summary.json: is no summary of an evaluation");
  }

  @Test
  void comparison_twoRuns_hasARowForEachTask() {
    EvaluationRun before = run(new Counting("a".repeat(64), ""));
    EvaluationRun after = run(new Counting("b".repeat(64), ""));
    RunComparison comparison = RunComparison.of(before, after, 1000, 42);
    assertThat(comparison.rows()).extracting(RunComparison.Row::task).hasSize(5);
    assertThat(comparison.rows()).allMatch(row -> row.difference().difference() == 0);
  }

  @Test
  void comparison_otherData_isRefused() {
    EvaluationRun run = run(new Counting("a".repeat(64), ""));
    TaskScores sts = run.task("sample-sts").orElseThrow();
    var info = sts.task();
    var otherInfo =
        new TaskInfo(info.name(), "", true, info.metric(), info.language(), "f".repeat(64));
    var other =
        new EvaluationRun(
            run.model(),
            ENVIRONMENT,
            List.of(
                new EvaluationRun.Entry(
                    "k",
                    new TaskScores(
                        otherInfo, sts.type(), sts.metrics(), sts.items(), Map.of(), 1, 0))));
    assertThatThrownBy(() -> RunComparison.of(run, other, 10, 1))
        .hasMessageContaining("task sample-sts cannot be compared: its data was");
  }

  private EvaluationRun run(Evaluator evaluator) {
    return new EvaluationRunner(folder, ENVIRONMENT)
        .run(SampleTasks.all(), evaluator, Progress.NONE);
  }

  private static JsonNode json(Path file) throws IOException {
    return JsonMapper.shared().readTree(Files.readString(file));
  }
}
