package io.alidade.eval;

import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.UsageException;
import io.alidade.data.EvaluationTask;
import io.alidade.data.TaskInfo;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Measures a model on tasks and keeps what it has: after each task the results are written, and a
/// task whose results are there for the same data, model and settings is not measured again. So a
/// run that was killed continues with the same call.
public final class EvaluationRunner {
  private final Path folder;
  private final RunEnvironment environment;

  public EvaluationRunner(Path folder, RunEnvironment environment) {
    this.folder = folder;
    this.environment = environment;
  }

  /// The run over the tasks, in their order; tasks that are not applicable are left out.
  ///
  /// @throws UsageException if two tasks have one name, for their results would be one file
  public EvaluationRun run(List<EvaluationTask> tasks, Evaluator evaluator, Progress progress) {
    checkNames(tasks);
    var writer = new EvaluationWriter(folder);
    Optional<EvaluationRun> earlier = EvaluationReader.find(folder);
    var run = new EvaluationRun(evaluator.model(), environment, List.of());
    for (EvaluationTask task : tasks) {
      String key = key(task, evaluator);
      Optional<EvaluationRun.Entry> known = earlier.flatMap(found -> entry(found, key));
      if (known.isPresent()) {
        run = run.with(known.get());
        continue;
      }
      Optional<TaskScores> scores = evaluator.evaluate(task, progress);
      if (scores.isPresent()) {
        run = run.with(new EvaluationRun.Entry(key, scores.get()));
        writer.writeTask(run, scores.get());
        writer.writeSummary(withEarlier(run, earlier));
      }
    }
    writer.writeSummary(run);
    return run;
  }

  /// While a run goes on, what an earlier one left for later tasks stays known.
  private static EvaluationRun withEarlier(EvaluationRun run, Optional<EvaluationRun> earlier) {
    EvaluationRun all = run;
    if (earlier.isPresent() && earlier.get().model().equals(run.model())) {
      for (EvaluationRun.Entry entry : earlier.get().entries()) {
        all = all.task(entry.scores().task().name()).isPresent() ? all : all.with(entry);
      }
    }
    return all;
  }

  private static Optional<EvaluationRun.Entry> entry(EvaluationRun run, String key) {
    return run.entries().stream().filter(entry -> entry.key().equals(key)).findFirst();
  }

  /// The hash of everything a result depends on.
  static String key(EvaluationTask task, Evaluator evaluator) {
    TaskInfo info = task.info();
    return Sha256.ofText(
        String.join(
            "\n",
            info.name(),
            task.type().label(),
            info.sha256(),
            info.instruction(),
            String.valueOf(info.symmetric()),
            info.metric(),
            info.language(),
            evaluator.model().toString(),
            evaluator.settings()));
  }

  private static void checkNames(List<EvaluationTask> tasks) {
    var names = new HashSet<String>();
    for (EvaluationTask task : tasks) {
      if (!names.add(task.name())) {
        throw new UsageException(
            "two tasks are called \"%s\"; give one another name in its task.yaml"
                .formatted(task.name()));
      }
    }
  }
}
