package io.alidade.cli;

import io.alidade.cli.command.DataCommand;
import io.alidade.cli.command.DoctorCommand;
import io.alidade.cli.command.EmbedCommand;
import io.alidade.cli.command.EvaluateCommand;
import io.alidade.cli.command.ExportCommand;
import io.alidade.cli.command.GenerateCommand;
import io.alidade.cli.command.LineageCommand;
import io.alidade.cli.command.MergeCommand;
import io.alidade.cli.command.MineCommand;
import io.alidade.cli.command.QuickstartCommand;
import io.alidade.cli.command.SearchCommand;
import io.alidade.cli.command.TrainCommand;
import io.alidade.core.Versions;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// `alidade`: reads the command line and runs the command it names.
@Command(
    name = "alidade",
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Turns a decoder LLM into a text-embedding model for your own tasks and languages, and"
            + " measures, ships and serves the result.",
    footer = {
      "",
      "The first command to try:",
      "  alidade quickstart",
      "Then, with the model that it leaves:",
      "  alidade search --model alidade-quickstart/train/model --corpus notes/",
      "",
      "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a gate not met."
    })
public final class Main implements Runnable {
  /// Lucene says on loading how Java could run it faster; users can do nothing about it. Kept here,
  /// since the log manager forgets loggers that nobody holds.
  private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

  @Spec private final CommandSpec spec = CommandSpec.create();

  private Main() {}

  public static void main(String[] arguments) {
    LUCENE.setLevel(Level.SEVERE);
    Terminal terminal = Terminal.ofProcess();
    Interruption interruption = Interruption.ofProcess();
    var context = new Context(terminal, InstalledEngines.engines(terminal.err()), interruption);
    int code = run(context, arguments);
    terminal.out().flush();
    interruption.commandEnded();
    if (!interruption.stopRequested()) {
      System.exit(code);
    }
  }

  /// Runs one command line and says how it ended.
  static int run(Context context, String... arguments) {
    var errors = new Errors(context.terminal().err(), List.of(arguments));
    try {
      return commandLine(context, errors).execute(arguments);
    } catch (OutOfMemoryError e) {
      return errors.report(e);
    } finally {
      context.terminal().out().flush();
    }
  }

  private static CommandLine commandLine(Context context, Errors errors) {
    CommandSpec program = CommandSpec.forAnnotatedObject(new Main()).addOption(debugOption());
    var line =
        new CommandLine(program)
            .addSubcommand(new QuickstartCommand(context))
            .addSubcommand(new GenerateCommand(context))
            .addSubcommand(DataCommand.of(context))
            .addSubcommand(new MineCommand(context))
            .addSubcommand(new TrainCommand(context))
            .addSubcommand(new EvaluateCommand(context))
            .addSubcommand(new EmbedCommand(context))
            .addSubcommand(new SearchCommand(context))
            .addSubcommand(new MergeCommand(context))
            .addSubcommand(new ExportCommand(context))
            .addSubcommand(new DoctorCommand(context))
            .addSubcommand(new LineageCommand(context))
            .setOut(new PrintWriter(context.terminal().out(), true, StandardCharsets.UTF_8))
            .setErr(new PrintWriter(context.terminal().err(), true, StandardCharsets.UTF_8))
            .setExecutionExceptionHandler(errors)
            .setParameterExceptionHandler(errors)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true);
    addHelp(line);
    program
        .mixinStandardHelpOptions(true)
        .versionProvider(() -> new String[] {"alidade " + Versions.alidade()});
    return line;
  }

  private static void addHelp(CommandLine line) {
    for (CommandLine each : line.getSubcommands().values()) {
      each.getCommandSpec().mixinStandardHelpOptions(true);
      addHelp(each);
    }
  }

  /// Read by [Errors] from the arguments, since it must work when they cannot be parsed.
  private static OptionSpec debugOption() {
    return OptionSpec.builder(Errors.DEBUG)
        .scopeType(ScopeType.INHERIT)
        .type(boolean.class)
        .arity("0")
        .description("Print the stack trace of an error.")
        .build();
  }

  /// Without a command.
  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(),
        "a command is missing; there are " + String.join(", ", spec.subcommands().keySet()));
  }
}
