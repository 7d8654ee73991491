package io.alidade.cli.command;

import io.alidade.cli.ConsoleProgress;
import io.alidade.cli.Context;
import io.alidade.cli.Counted;
import io.alidade.cli.ExitCode;
import io.alidade.data.TrainingLayout;
import io.alidade.data.TrainingLayouts;
import io.alidade.data.dataset.Conversion;
import io.alidade.data.dataset.DataCard;
import io.alidade.data.dataset.DataStatistics;
import io.alidade.data.dataset.ExampleReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/// `alidade data convert`.
@Command(
    name = "convert",
    description = "Write training data in another format or for another tool.",
    footer = {
      "",
      "Examples:",
      "  alidade data convert pairs.jsonl pairs.parquet --card",
      "  alidade data convert train.jsonl for-flag.jsonl --to flag-embedding",
      "  alidade data convert train.jsonl st.parquet --to sentence-transformers \\",
      "    --negatives 2",
      "",
      "Layouts: alidade, sentence-transformers, flag-embedding, gritlm, tevatron,",
      "ms-swift, automodel, triplets, scored-pairs, texts. Only alidade keeps",
      "everything; ids are those of the content, kept where they are there and",
      "computed where not. Pairs graded as no positives go to alidade and scored-pairs",
      "only."
    })
public final class DataConvertCommand implements Callable<Integer> {
  private static final int DEFAULT_NEGATIVES = 1;

  private final Context context;

  @Parameters(index = "0", paramLabel = "FROM", description = "JSONL or .parquet to read.")
  private Path from = Path.of("");

  @Parameters(index = "1", paramLabel = "TO", description = "JSONL or .parquet to write.")
  private Path to = Path.of("");

  @Mixin private ExampleOptions examples = new ExampleOptions();

  @Option(
      names = "--to",
      paramLabel = "LAYOUT",
      description = "The layout to write (default: alidade).")
  private String layout = TrainingLayouts.OWN.label();

  @Option(
      names = "--negatives",
      paramLabel = "N",
      description = "Negatives a row for sentence-transformers, 0 for pairs (default: 1).")
  private int negatives = DEFAULT_NEGATIVES;

  @Option(
      names = "--card",
      description = "Write README.md beside TO, with the hub's header; an old one is replaced.")
  private boolean card;

  @Option(names = "--json", description = "Print the result as JSON on standard output.")
  private boolean json;

  public DataConvertCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    TrainingLayout target = TrainingLayouts.of(layout).withNegatives(negatives);
    ExampleReader reader = examples.reader();
    Conversion.Result result;
    try (var progress = new ConsoleProgress(context.terminal())) {
      result = Conversion.run(from, reader, to, target, progress);
    }
    warn(target, result);
    if (card) {
      writeCard(reader, target);
    }
    context.print(json ? json(result) : text(result));
    return ExitCode.DONE;
  }

  private void warn(TrainingLayout target, Conversion.Result result) {
    var dropped = new ArrayList<>(target.drops());
    dropped.addAll(result.lost());
    if (!dropped.isEmpty()) {
      context.say(
          "%s has no place for %s; they are left out"
              .formatted(target.label(), String.join(", ", dropped)));
    }
    if (result.unfit() > 0) {
      context.say(
          "%d of %d examples are not what a row of %s says (%s) and are left out"
              .formatted(result.unfit(), result.examples(), target.label(), target.shape()));
    }
    if (result.tooFew() > 0) {
      context.say(
          "%d of %d examples have too few negatives for a row of %s and are left out"
              .formatted(
                  result.tooFew(),
                  result.examples(),
                  String.join(", ", target.columns().keySet())));
    }
  }

  private void writeCard(ExampleReader reader, TrainingLayout target) {
    String file = String.valueOf(to.getFileName());
    new DataCard(
            "Training data for text embeddings, written by Alidade.",
            DataStatistics.of(from, reader, String::length, 0),
            target.columns().sequencedKeySet(),
            Map.of("train", file))
        .write(to.toAbsolutePath().resolveSibling(""));
  }

  private String text(Conversion.Result result) {
    return "%s in %s\ndata    %s"
        .formatted(
            Counted.of(result.examples() - result.leftOut(), "example"),
            Counted.of(result.rows(), "row"),
            to);
  }

  private String json(Conversion.Result result) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("examples", result.examples())
        .put("rows", result.rows())
        .put("left_out", result.leftOut())
        .put("data", to.toString())
        .toString();
  }
}
