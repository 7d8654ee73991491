package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.TrainingEngine;
import io.alidade.cli.tracking.MlflowOptions;
import io.alidade.cli.tracking.Tracking;
import io.alidade.core.Progress;
import io.alidade.core.recipe.Recipe;
import io.alidade.train.InterruptedRunException;
import io.alidade.train.TrainRecipe;
import io.alidade.train.TrainingDivergedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `alidade train`.
@Command(
    name = "train",
    description = "Train an embedding model by a recipe.",
    footer = {
      "",
      "Examples:",
      "  alidade train --recipe recipes/quickstart.yaml --out runs/first",
      "  alidade train --recipe my.yaml --set data.0.ratio=0.5 --set tuning.rank=8 \\",
      "    --out runs/second",
      "  alidade train --recipe recipes/graded-pairs.yaml --set data.0.path=sts.jsonl \\",
      "    --out runs/graded",
      "",
      "objective.type is info-nce, co-sent, angle, cosine-mse, softmax, distillation,",
      "margin-mse, triplet, or matryoshka around another; what each needs of the data",
      "is said by the line that lacks it.",
      "",
      "Ctrl-C writes a checkpoint; the same command goes on there. A folder that",
      "holds a run of another recipe is refused."
    })
public final class TrainCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "FILE",
      description = "What to do, as YAML; paths in it are relative to it.")
  private Path recipe = Path.of("");

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Override a recipe's key: a dotted path, the value read as YAML. May repeat.")
  private List<String> overrides = new ArrayList<>();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of model, adapter, checkpoints, logs, report.html and manifest.")
  private Path out = Path.of("");

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  @Mixin private final MlflowOptions mlflow = new MlflowOptions();

  public TrainCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Recipe<TrainRecipe> resolved = Recipe.read(TrainRecipe.class, recipe, overrides);
    TrainingEngine.Outcome outcome;
    try (var progress = new ConsoleProgress(context.terminal());
        Tracking tracking = mlflow.tracking(resolved, out, System.getenv(), context::say)) {
      outcome = train(resolved, tracking.watch(progress), tracking);
    }
    context.print(json ? json(outcome) : text(outcome));
    return ExitCode.DONE;
  }

  private TrainingEngine.Outcome train(
      Recipe<TrainRecipe> resolved, Progress progress, Tracking tracking) {
    try {
      TrainingEngine training = context.engines().training();
      TrainingEngine.Outcome outcome =
          training.train(resolved, out, progress, context.interruption());
      tracking.end(Tracking.Ending.FINISHED);
      return outcome;
    } catch (InterruptedRunException e) {
      tracking.end(Tracking.Ending.KILLED);
      throw e;
    } catch (TrainingDivergedException e) {
      tracking.end(Tracking.Ending.FAILED);
      throw e;
    }
  }

  private static String text(TrainingEngine.Outcome outcome) {
    int steps = outcome.summary().steps();
    double loss = outcome.summary().lastLoss();
    // A run that was complete already trains no step and so has no loss.
    String done =
        Double.isNaN(loss)
            ? "%d steps were done already".formatted(steps)
            : String.format(Locale.ROOT, "%d steps, last loss %.4f", steps, loss);
    return done + "\nmodel   " + outcome.model();
  }

  private static String json(TrainingEngine.Outcome outcome) {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("steps", outcome.summary().steps())
            .put("resumed_at", outcome.summary().resumedAt())
            .put("model", outcome.model().toString());
    if (!Double.isNaN(outcome.summary().lastLoss())) {
      json.put("last_loss", outcome.summary().lastLoss());
    }
    return json.toString();
  }
}
