package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.core.lineage.Lineage;
import io.alidade.core.lineage.LineageText;
import io.alidade.core.recipe.RecipeBinder;
import io.alidade.data.Rows;
import io.alidade.train.mixture.DataSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `alidade lineage`.
@Command(
    name = "lineage",
    description =
        "Follow one training example: where it stands and came from, the steps that used it, the"
            + " model they made, and the scores of that model.",
    footer = {
      "",
      "Examples:",
      "  alidade lineage 3f2a9c --run alidade-quickstart",
      "  alidade lineage 3f2a9c --run runs/first --run evaluations/first --json",
      "",
      "Ids stand in the first column of train.jsonl and in the batches of log.jsonl."
    })
public final class LineageCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "ID", description = "The example's id, or its first six digits or more.")
  private String id = "";

  @Option(
      names = "--run",
      required = true,
      paramLabel = "DIR",
      description = "A folder of runs to look in: quickstart, training or evaluation. May repeat.")
  private List<Path> runs = new ArrayList<>();

  @Option(names = "--json", description = "Print the lineage as JSON.")
  private boolean json;

  public LineageCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Lineage lineage = Lineage.walk(id, runs, LineageCommand::read);
    context.print(json ? lineage.json() : LineageText.of(lineage).stripTrailing());
    return ExitCode.DONE;
  }

  /// Reads a data file with the defaults that its recipe gave it, for these are part of the ids.
  private static void read(Path file, JsonNode source, Lineage.ExampleReader.Visitor visitor) {
    DataSource settings =
        source.isObject()
            ? new RecipeBinder(file.toString()).bind(DataSource.class, source)
            : DataSource.defaults();
    Rows.forEach(
        file,
        row -> settings.examples(row).forEach(example -> visitor.visit(row.number(), example)));
  }
}
