package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.cli.engine.QuickstartEngine;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `alidade quickstart`.
@Command(
    name = "quickstart",
    description =
        "Train a small language model into an embedding model on the shipped sample, and compare"
            + " before and after: about ten minutes on two cores with AVX-512,"
            + " half an hour with AVX2.",
    footer = {
      "",
      "Examples:",
      "  alidade quickstart",
      "  alidade quickstart --out my-first-model --json > scores.json",
      "",
      "Ctrl-C stops it; the same command goes on where it was."
    })
public final class QuickstartCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the results (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("alidade-quickstart");

  @Option(names = "--json", description = "Print the comparison as JSON on standard output.")
  private boolean json;

  public QuickstartCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (var progress = new ConsoleProgress(context.terminal())) {
      QuickstartEngine.Outcome outcome =
          context
              .engines()
              .quickstart()
              .run(
                  out,
                  line -> {
                    progress.endBar();
                    context.say(line);
                  },
                  progress,
                  context.interruption());
      progress.endBar();
      context.print(json ? ComparisonOutput.json(outcome) : ComparisonOutput.table(outcome));
    }
    return ExitCode.DONE;
  }
}
