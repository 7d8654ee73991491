package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.EvaluationStage;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.cli.engine.TaskPaths;
import io.alidade.core.Embedder;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.data.EvaluationTask;
import io.alidade.eval.Bm25;
import io.alidade.eval.EmbeddingEvaluator;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.EvaluationSettings;
import io.alidade.eval.Evaluator;
import io.alidade.eval.TaskScores;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `alidade evaluate`.
@Command(
    name = "evaluate",
    description = "Measure a model on tasks: a benchmark's folders, or your own data as JSONL.",
    footer = {
      "",
      "Examples:",
      "  alidade evaluate --model my-model --tasks my-tasks/ --out scores/my-model",
      "  alidade evaluate --model bm25 --tasks scifact/ --out scores/bm25",
      "  alidade evaluate --model my-model --tasks sts:pairs.jsonl,banking/ \\",
      "    --out scores/two --json",
      "",
      "A task is a BEIR folder, or JSONL of {sentence1, sentence2, score},",
      "{sentence1, sentence2, label}, {sentence1, sentence2}, {text, label} or",
      "{query, positive, negative}; a folder of tasks stands for all of them.",
      "TYPE:PATH or a task.yaml beside the files says more. Tasks that are measured",
      "already are not measured again."
    })
public final class EvaluateCommand implements Callable<Integer> {
  private static final String BM25 = "bm25";
  private static final String NO_INSTRUCTION = "none";

  private final Context context;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR|NAME|bm25",
      description = "Model folder, a backbone's name, or the baseline bm25.")
  private String model = "";

  @Option(
      names = "--tasks",
      required = true,
      split = ",",
      paramLabel = "FOLDER",
      description = "Tasks, separated by commas: FOLDER, FILE or TYPE:PATH.")
  private List<String> tasks = new ArrayList<>();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the results, in mteb's layout, with summary.json and manifest.json.")
  private Path out = Path.of("");

  @Option(
      names = "--instruction",
      paramLabel = "TEXT|none",
      description = "Task sentence for all tasks, in place of their own; none for none.")
  private String instruction = "";

  @Option(
      names = "--prompt",
      paramLabel = "NAME",
      description = "Before the queries of all tasks, what the model's folder has under this name.")
  private String prompt = "";

  @Mixin private Loading loading = new Loading();

  @Option(names = "--json", description = "Print summary.json on standard output.")
  private boolean json;

  public EvaluateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    if (!instruction.isEmpty() && !prompt.isEmpty()) {
      throw new UsageException("--instruction and --prompt exclude each other; give one");
    }
    List<EvaluationTask> read = TaskPaths.read(tasks);
    EvaluationSettings settings = EvaluationSettings.defaults();
    EvaluationRun run;
    try (var progress = new ConsoleProgress(context.terminal())) {
      if (model.equals(BM25)) {
        if (!prompt.isEmpty()) {
          throw new UsageException("--prompt: bm25 has no prompts; leave it out");
        }
        run = measure(read, new Bm25(settings), List.of(), progress);
      } else {
        try (LoadedModel opened =
            context.engines().models().open(model, loading.settings(), progress)) {
          run =
              measure(
                  read.stream().map(task -> asked(task, opened)).toList(),
                  new EmbeddingEvaluator(embedder(opened), opened.description(), settings),
                  List.of(EvaluationStage.input(opened, out)),
                  progress);
        }
      }
    }
    context.print(
        json ? Files.readString(out.resolve("summary.json")).stripTrailing() : table(run));
    return ExitCode.DONE;
  }

  /// The task with what the options put before its queries.
  private EvaluationTask asked(EvaluationTask task, LoadedModel opened) {
    if (!prompt.isEmpty()) {
      return task.withInstruction(opened.prompts().text(prompt));
    }
    if (instruction.isEmpty()) {
      return task;
    }
    if (instruction.equals(NO_INSTRUCTION)) {
      return task.withInstruction("");
    }
    Instruction.requireInstructions(opened);
    return task.withInstruction(instruction);
  }

  /// A prompt goes before queries as it is, and none means not even the model's own.
  private Embedder embedder(LoadedModel opened) {
    boolean literal = !prompt.isEmpty() || instruction.equals(NO_INSTRUCTION);
    return literal ? new LiteralQueries(opened.embedder()) : opened.embedder();
  }

  private EvaluationRun measure(
      List<EvaluationTask> read, Evaluator evaluator, List<Input> inputs, Progress progress) {
    var options = new LinkedHashMap<>(Map.of("instruction", instruction));
    if (!prompt.isEmpty()) {
      options.put("prompt", prompt);
    }
    options.putAll(loading.given());
    return EvaluationStage.run(out, read, evaluator, options, inputs, progress);
  }

  private static String table(EvaluationRun run) {
    var text =
        new StringBuilder("%s, sha256 %.12s".formatted(run.model().name(), run.model().sha256()));
    for (TaskScores scores : run.tasks()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n%-28s %-20s %.4f   %d items, %.0f s, data sha256 %.12s",
              scores.task().name(),
              scores.task().metric(),
              scores.score(),
              scores.items().ids().size(),
              scores.seconds(),
              scores.task().sha256()));
    }
    return text.toString();
  }
}
