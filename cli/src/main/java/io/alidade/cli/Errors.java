package io.alidade.cli;

import io.alidade.core.AlidadeException;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns what went wrong into one sentence on standard error and an exit code. `--debug` adds the
/// stack trace.
final class Errors implements IExecutionExceptionHandler, IParameterExceptionHandler {
  static final String DEBUG = "--debug";

  private final PrintStream err;
  private final List<String> arguments;

  Errors(PrintStream err, List<String> arguments) {
    this.err = err;
    this.arguments = arguments;
  }

  @Override
  public int handleExecutionException(Exception problem, CommandLine command, ParseResult parsed) {
    return report(problem);
  }

  /// A wrong option: what is wrong, what was perhaps meant, and where to read on.
  @Override
  public int handleParseException(ParameterException problem, String[] given) {
    String message = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
    String hint = "";
    if (problem instanceof UnmatchedArgumentException unmatched) {
      hint =
          unmatched.getSuggestions().isEmpty()
              ? ""
              : unmatched.getSuggestions().stream()
                  .limit(3)
                  .collect(Collectors.joining(" or ", "; did you mean ", "?"));
    }
    String name = problem.getCommandLine().getCommandSpec().qualifiedName();
    err.println("alidade: " + message + hint);
    err.println("See " + name + " --help");
    trace(problem);
    return ExitCode.WRONG_USAGE;
  }

  int report(Throwable problem) {
    err.println("alidade: " + sentence(problem));
    trace(problem);
    return problem instanceof UsageException ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
  }

  private static String sentence(Throwable problem) {
    String message = String.valueOf(problem.getMessage());
    return switch (problem) {
      case AlidadeException _ -> message;
      case UncheckedIOException io when io.getCause() != null -> sentence(io.getCause());
      case NoSuchFileException _ -> message + ": there is no such file";
      case AccessDeniedException _ -> message + ": access is denied; allow it to this user";
      case IOException _ -> "cannot read or write: " + message;
      case OutOfMemoryError _ ->
          "out of memory (%s); give Java more, such as ALIDADE_JAVA_OPTIONS=-Xmx8g"
              .formatted(message);
      default ->
          "internal error, %s: %s; add --debug for its trace and report it"
              .formatted(problem.getClass().getSimpleName(), message);
    };
  }

  private void trace(Throwable problem) {
    if (arguments.contains(DEBUG)) {
      problem.printStackTrace(err);
    }
  }
}
