package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.data.dataset.DataSplit;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `alidade data split`.
@Command(
    name = "split",
    description = "Set part of the examples aside, with no text on both sides.",
    footer = {
      "",
      "Examples:",
      "  alidade data split train.jsonl --out split --dev 0.1",
      "  alidade data split train.parquet --out split --dev 0.05 --test 0.05",
      "",
      "Examples that share a text, directly or through others, stay together. The side",
      "is a function of --seed and their ids, whatever the order of the file."
    })
public final class DataSplitCommand implements Callable<Integer> {
  /// A group of this share of all examples makes the sides unlike what was asked for.
  private static final double LARGE_GROUP = 0.05;

  private final Context context;

  @Parameters(paramLabel = "FILE", description = "JSONL or .parquet.")
  private Path file = Path.of("");

  @Mixin private ExampleOptions examples = new ExampleOptions();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of train, dev and test, in the format of FILE.")
  private Path out = Path.of("");

  @Option(
      names = "--dev",
      paramLabel = "SHARE",
      description = "Share of the examples, such as 0.1.")
  private double dev;

  @Option(
      names = "--test",
      paramLabel = "SHARE",
      description = "Share of a third part (default: 0).")
  private double test;

  @Option(names = "--seed", paramLabel = "N", description = "Another seed splits otherwise.")
  private long seed = 42;

  @Option(
      names = "--negatives-apart",
      description = "Let a text that is only a negative stand on both sides.")
  private boolean negativesApart;

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  public DataSplitCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    DataSplit.Result result =
        new DataSplit(seed, dev, test, !negativesApart).run(file, examples.reader(), out);
    long all = result.examples().values().stream().mapToLong(Long::longValue).sum();
    if (result.largestGroup() > LARGE_GROUP * all) {
      context.say(
          "%d of %d examples share texts and stay on one side%s"
              .formatted(
                  result.largestGroup(),
                  all,
                  negativesApart ? "" : "; --negatives-apart frees those that share negatives"));
    }
    context.print(json ? json(result) : text(result));
    return ExitCode.DONE;
  }

  private static String text(DataSplit.Result result) {
    return result.files().entrySet().stream()
        .map(
            side ->
                String.format(
                    Locale.ROOT,
                    "%-6s %,9d examples  %s",
                    side.getKey().label(),
                    result.examples().getOrDefault(side.getKey(), 0L),
                    side.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private static String json(DataSplit.Result result) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    result
        .files()
        .forEach(
            (side, path) ->
                root.putObject(side.label())
                    .put("examples", result.examples().getOrDefault(side, 0L))
                    .put("data", path.toString()));
    return root.put("largest_group", result.largestGroup()).toString();
  }
}
