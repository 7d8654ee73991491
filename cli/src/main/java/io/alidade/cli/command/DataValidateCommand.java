package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.cli.Counted;
import io.alidade.cli.ExitCode;
import io.alidade.core.DataException;
import io.alidade.data.dataset.Validation;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `alidade data validate`.
@Command(
    name = "validate",
    description = "Find every row of a training file that training would refuse.",
    footer = {
      "",
      "Examples:",
      "  alidade data validate train.jsonl",
      "  alidade data validate train.parquet --from sentence-transformers --json",
      "",
      "Each broken row is one sentence on standard error. Exit code 1 if there is any.",
      "A row whose query is its positive is broken, except where texts stand alone or",
      "pairs are graded; training takes it if its recipe has dropout."
    })
public final class DataValidateCommand implements Callable<Integer> {
  /// Sentences kept for JSON, so that memory stays flat on a file that is broken throughout.
  private static final int MOST_IN_JSON = 1000;

  private final Context context;

  @Parameters(paramLabel = "FILE", description = "JSONL or .parquet.")
  private Path file = Path.of("");

  @Mixin private ExampleOptions examples = new ExampleOptions();

  @Option(
      names = "--json",
      description = "Print the result as JSON, with the first 1000 sentences.")
  private boolean json;

  public DataValidateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    ArrayNode problems = JsonMapper.shared().createArrayNode();
    Validation.Result result =
        Validation.run(file, examples.reader(), problem -> report(problem, problems));
    if (json) {
      root.put("rows", result.rows());
      root.put("examples", result.examples());
      root.put("broken", result.broken());
      root.set("problems", problems);
      context.print(root.toString());
    } else {
      context.print(
          "%s, %s, %s broken"
              .formatted(
                  Counted.of(result.rows(), "row"),
                  Counted.of(result.examples(), "example"),
                  String.format(Locale.ROOT, "%,d", result.broken())));
    }
    return result.broken() == 0 ? ExitCode.DONE : ExitCode.FAILED;
  }

  private void report(DataException problem, ArrayNode problems) {
    if (!json) {
      context.say("" + problem.getMessage());
    } else if (problems.size() < MOST_IN_JSON) {
      problems.add(problem.getMessage());
    }
  }
}
