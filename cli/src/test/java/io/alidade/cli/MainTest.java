package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private final CommandRunner runner = new CommandRunner();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quickstart",
        "generate",
        "data",
        "train",
        "evaluate",
        "embed",
        "search",
        "doctor",
        "lineage"
      })
  void run_commandHelp_hasExamples(String command) {
    Result result = runner.run(command, "--help");

    assertThat(result.code()).isZero();
    assertThat(result.out())
        .contains("Usage: alidade " + command)
        .contains("Example")
        .contains("  alidade " + command);
    assertThat(result.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    assertThat(result.err()).isEmpty();
  }

  @Test
  void run_help_listsTheCommands() {
    Result result = runner.run("--help");

    assertThat(result.code()).isZero();
    assertThat(result.out()).contains("quickstart", "lineage", "alidade search --model");
  }

  @Test
  void run_version_namesIt() {
    assertThat(runner.run("--version").out()).matches("alidade [0-9.]+\\R");
  }

  @Test
  void run_noCommand_listsThem() {
    Result result = runner.run();

    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err())
        .contains("a command is missing; there are quickstart, generate, data, mine, train");
  }

  @Test
  void run_unknownNames_suggestsTheNearest() {
    Result option = runner.run("embed", "--model", "x", "--rolle", "query");
    assertThat(option.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(option.err())
        .contains("Unknown option")
        .contains("did you mean --role")
        .contains("See alidade embed --help");

    assertThat(runner.run("serach").err()).contains("did you mean").contains("search");
    assertThat(runner.run("train", "--out", "x").err())
        .contains("Missing required option: '--recipe=FILE'");
  }

  @Test
  void run_failure_isOneSentenceWithoutTrace() {
    Result result = runner.run("embed", "--model", "nowhere");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).isEqualTo("alidade: nowhere: there is no such model\n");
  }

  @Test
  void run_debug_addsTheTrace() {
    assertThat(runner.run("--debug", "embed", "--model", "nowhere").err())
        .contains("there is no such model\n")
        .contains("\tat io.alidade");
    assertThat(runner.run("embed", "--debug", "--model", "nowhere").err())
        .contains("\tat io.alidade");
  }

  @Test
  void run_bugInAnEngine_asksToReportIt() {
    runner.quickstart =
        (_, _, _, _) -> {
          throw new IllegalStateException("oops");
        };

    Result result = runner.run("quickstart");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err())
        .isEqualTo(
            "alidade: internal error, IllegalStateException: oops;"
                + " add --debug for its trace and report it\n");
  }

  @Test
  void run_fileGoneMeanwhile_isNamed() {
    runner.quickstart =
        (_, _, _, _) -> {
          throw new UncheckedIOException(new NoSuchFileException("train.jsonl"));
        };
    assertThat(runner.run("quickstart").err())
        .isEqualTo("alidade: train.jsonl: there is no such file\n");
  }

  @Test
  void run_outOfMemory_saysHowToGiveMore() {
    runner.quickstart =
        (_, _, _, _) -> {
          throw new OutOfMemoryError("Java heap space");
        };

    Result result = runner.run("quickstart");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.err()).contains("ALIDADE_JAVA_OPTIONS=-Xmx8g");
  }
}
