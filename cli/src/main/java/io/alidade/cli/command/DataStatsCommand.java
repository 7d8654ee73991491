package io.alidade.cli.command;

import io.alidade.cli.Context;
import io.alidade.cli.ExitCode;
import io.alidade.data.dataset.DataStatistics;
import io.alidade.data.dataset.WordCount;
import io.alidade.eval.report.DataPage;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.tokenizer.TokenizerFolder;
import io.alidade.synth.GeneratedFolder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `alidade data stats`.
@Command(
    name = "stats",
    description = "Count what training data holds, and draw it as a page with a sample browser.",
    footer = {
      "",
      "Examples:",
      "  alidade data stats train.jsonl",
      "  alidade data stats generated/ --out data.html",
      "  alidade data stats train.parquet --tokenizer my-model --json",
      "",
      "Of a folder that alidade generate made, the calls, their cost and the rejected",
      "candidates are counted too. The page is one file that loads nothing."
    })
public final class DataStatsCommand implements Callable<Integer> {
  private final Context context;

  @Parameters(paramLabel = "FILE|DIR", description = "JSONL, .parquet, or a generated folder.")
  private Path data = Path.of("");

  @Mixin private ExampleOptions examples = new ExampleOptions();

  @Option(names = "--out", paramLabel = "FILE.html", description = "Write the page, too.")
  private Path page = Path.of("");

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "Measure texts in the tokens of this model's folder, not in words.")
  private Path tokenizer = Path.of("");

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "Examples to look through on the page (default: 240).")
  private int samples = 240;

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  public DataStatsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    Optional<GeneratedFolder> generated =
        GeneratedFolder.is(data) ? Optional.of(GeneratedFolder.read(data)) : Optional.empty();
    Path file = generated.map(GeneratedFolder::data).orElse(data);
    boolean words = tokenizer.toString().isEmpty();
    DataStatistics statistics = words ? inWords(file) : inTokens(file);
    var output = new DataStatsOutput(data, words ? "words" : "tokens", statistics, generated);
    if (!page.toString().isEmpty()) {
      new DataPage(output.report()).write(page);
    }
    context.print(json ? output.json() : output.text());
    if (!json && !page.toString().isEmpty()) {
      context.print("page    " + page);
    }
    return ExitCode.DONE;
  }

  private DataStatistics inWords(Path file) {
    var words = new WordCount();
    return statistics(file, words::of);
  }

  private DataStatistics inTokens(Path file) {
    try (Tokenizer read = TokenizerFolder.read(tokenizer)) {
      int added = read.specialTokens().count();
      return statistics(file, text -> read.encode(text, Integer.MAX_VALUE).length - added);
    }
  }

  private DataStatistics statistics(Path file, ToIntFunction<String> length) {
    return DataStatistics.of(file, examples.reader(), length, samples);
  }
}
