package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.Merger;
import io.alidade.cli.engine.Merger.Step;
import io.alidade.cli.engine.TaskPaths;
import io.alidade.core.UsageException;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.manifest.RunFolder;
import io.alidade.data.EvaluationTask;
import io.alidade.model.merge.Combination;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `alidade merge`.
@Command(
    name = "merge",
    description = "Make one model of several that were trained from the same one.",
    footer = {
      "",
      "Examples:",
      "  alidade merge --models runs/a/model,runs/b/model --out merged",
      "  alidade merge --models runs/a/adapter,runs/b/adapter,runs/c/adapter \\",
      "    --weights 0.5,0.3,0.2 --out merged",
      "  alidade merge --models runs/a/model,runs/b/model --method slerp --steps 4 \\",
      "    --tasks dev/ --out merged",
      "",
      "With --steps N, two models are merged with 0, 1/N, ..., 1 of the second, each",
      "merge is measured on the tasks, and the one with the best mean score is kept.",
      "Choose on tasks that the final scores are not measured on. OUT gets model/ and,",
      "with --steps, a folder of results for each step."
    })
public final class MergeCommand implements Callable<Integer> {
  private static final String STAGE = "merge";
  private static final String MODEL = "model";

  /// How weights are combined.
  enum Method {
    AVERAGE,
    SLERP;

    Combination of(List<Double> weights) {
      return switch (this) {
        case AVERAGE -> new Combination.Average(weights);
        case SLERP -> new Combination.Slerp(weights.get(1) / (weights.get(0) + weights.get(1)));
      };
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Context context;

  @Option(
      names = "--models",
      required = true,
      split = ",",
      paramLabel = "DIR",
      description = "Two or more model folders, merged ones or adapters, separated by commas.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = "--method",
      paramLabel = "average|slerp",
      description = "Straight between the weights, or along the arc (default: average).")
  private Method method = Method.AVERAGE;

  @Option(
      names = "--weights",
      split = ",",
      paramLabel = "W",
      description = "How much of each model, in their order (default: all alike).")
  private List<Double> weights = new ArrayList<>();

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Try N + 1 merges of two models and keep the best on --tasks.")
  private int steps;

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "FOLDER",
      description = "Tasks to measure the steps on, as for evaluate.")
  private List<String> tasks = new ArrayList<>();

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
  private Path out = Path.of("");

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  public MergeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    requireFit();
    List<EvaluationTask> read = TaskPaths.read(tasks);
    try (var progress = new ConsoleProgress(context.terminal())) {
      var merger = new Merger(models, context::say, progress);
      merger.requireFit(method.of(given()));
      return merge(merger, read);
    }
  }

  private int merge(Merger merger, List<EvaluationTask> read) {
    Manifest planned = Manifest.start(STAGE, recipe(), 0, inputs(), Map.of());
    try (RunFolder folder = RunFolder.open(out, planned)) {
      List<Step> measured = measured(merger, read);
      Step best = Merger.best(measured);
      if (!folder.complete()) {
        merger.write(best.combination(), out.resolve(MODEL));
        folder.finish(Map.of("models", (long) models.size(), "steps", (long) measured.size()));
      }
      var output = new MergeOutput(measured, best, out.resolve(MODEL));
      context.print(json ? output.json() : output.text());
    }
    return ExitCode.DONE;
  }

  /// The merges that were tried, with their scores; without `--steps` one, with none.
  private List<Step> measured(Merger merger, List<EvaluationTask> read) {
    if (steps == 0) {
      return List.of(new Step(method.of(given()), given().getLast(), List.of()));
    }
    return IntStream.rangeClosed(0, steps)
        .mapToObj(i -> (double) i / steps)
        .map(share -> merger.measure(method.of(List.of(1 - share, share)), share, read, out))
        .toList();
  }

  private List<Double> given() {
    return weights.isEmpty() ? Collections.nCopies(models.size(), 1.0) : weights;
  }

  private void requireFit() {
    require(models.size() >= 2, "--models must name at least two models, separated by commas");
    require(
        weights.isEmpty() || weights.size() == models.size(),
        "--weights has %d numbers for %d models".formatted(weights.size(), models.size()));
    require(
        given().stream().allMatch(weight -> weight >= 0)
            && given().stream().mapToDouble(Double::doubleValue).sum() > 0,
        "--weights must be at least 0, and one of them above 0");
    require(
        models.size() == 2 || (method == Method.AVERAGE && steps == 0),
        "--method slerp and --steps are for two models");
    require(steps >= 0, "--steps must be at least 1, is " + steps);
    require(
        (steps > 0) == !tasks.isEmpty(), "--steps and --tasks belong together; give both or none");
    require(steps == 0 || weights.isEmpty(), "--steps tries all weights; leave out --weights");
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new UsageException(message);
    }
  }

  private ObjectNode recipe() {
    ObjectNode recipe = JsonMapper.shared().createObjectNode().put("method", method.label());
    if (steps > 0) {
      recipe.put("steps", steps);
      tasks.forEach(recipe.withArray("tasks")::add);
    } else {
      given().forEach(recipe.withArray("weights")::add);
    }
    return recipe;
  }

  private List<Input> inputs() {
    return models.stream().map(model -> Input.of("model", model, out)).toList();
  }
}
