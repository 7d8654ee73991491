package io.alidade.cli.command;

import io.alidade.cli.Context;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `alidade data`: the commands that look at training data and change its form.
@Command(
    name = "data",
    synopsisSubcommandLabel = "COMMAND",
    description = "Look at training data, check it, split it and convert it.",
    footer = {
      "",
      "Examples:",
      "  alidade data validate pairs.jsonl",
      "  alidade data stats generated/ --out data.html",
      "  alidade data split pairs.parquet --dev 0.1 --out split",
      "  alidade data convert pairs.jsonl pairs.parquet --card",
      "",
      "A file is Parquet if its name ends in .parquet, else JSONL with an example a",
      "line; its layout is read from its columns. Whatever these commands read,",
      "alidade train reads too."
    })
public final class DataCommand implements Runnable {
  @Spec private final CommandSpec spec = CommandSpec.create();

  private DataCommand() {}

  /// The command with those below it.
  public static CommandLine of(Context context) {
    return new CommandLine(new DataCommand())
        .addSubcommand(new DataConvertCommand(context))
        .addSubcommand(new DataValidateCommand(context))
        .addSubcommand(new DataSplitCommand(context))
        .addSubcommand(new DataStatsCommand(context));
  }

  /// Without a command.
  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "a command is missing; there are " + String.join(", ", spec.subcommands().keySet()));
  }
}
