package io.alidade.cli.command;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import io.alidade.data.dataset.DataStatistics;
import io.alidade.data.dataset.LengthCounts;
import io.alidade.eval.report.DataReport;
import io.alidade.eval.report.ReportData.Headline;
import io.alidade.synth.GeneratedFolder;
import io.alidade.synth.ledger.LedgerTotals;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What `alidade data stats` prints: a table, JSON, or what the page shows.
final class DataStatsOutput {
  private static final int ROWS = 12;

  private final Path data;
  private final String unit;
  private final DataStatistics statistics;
  private final Optional<GeneratedFolder> generated;

  DataStatsOutput(
      Path data, String unit, DataStatistics statistics, Optional<GeneratedFolder> generated) {
    this.data = data;
    this.unit = unit;
    this.statistics = statistics;
    this.generated = generated;
  }

  String text() {
    var lines = new ArrayList<String>();
    lines.add(
        format(
            "%,d examples, %,d instructions, %,d queries that stand there before",
            statistics.examples(), statistics.instructions(), statistics.repeatedQueries()));
    table(lines, "kinds", statistics.kinds());
    table(lines, "languages", statistics.languages());
    lines.add("");
    lines.add(format("%-22s %9s %9s %9s %9s", unit, "median", "mean", "95 %", "longest"));
    statistics.lengths().forEach((side, lengths) -> lines.add(row(side, lengths)));
    generated.ifPresent(
        folder -> {
          LedgerTotals calls = folder.calls();
          lines.add("");
          lines.add(
              format(
                  "%,d calls, %,d tokens in, %,d out, %s",
                  calls.calls(), calls.inputTokens(), calls.outputTokens(), calls.spent()));
          table(lines, "calls by outcome", calls.verdicts());
          table(lines, "rejected", folder.rejected());
        });
    return String.join("\n", lines);
  }

  private static String row(String side, LengthCounts lengths) {
    return format(
        "  %-20s %,9d %9.1f %,9d %,9d",
        side, lengths.quantile(0.5), lengths.mean(), lengths.quantile(0.95), lengths.longest());
  }

  private static void table(List<String> lines, String heading, Map<String, Long> counts) {
    lines.add("");
    lines.add(heading);
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    counts.entrySet().stream()
        .limit(ROWS)
        .forEach(
            entry ->
                lines.add(
                    format(
                        "  %-20s %,9d  %5.1f %%",
                        entry.getKey(), entry.getValue(), 100.0 * entry.getValue() / all)));
    if (counts.size() > ROWS) {
      lines.add(
          format(
              "  %-20s %,9d",
              counts.size() - ROWS + " others",
              counts.values().stream().skip(ROWS).mapToLong(Long::longValue).sum()));
    }
  }

  String json() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("examples", statistics.examples());
    statistics.kinds().forEach(root.putObject("kinds")::put);
    statistics.languages().forEach(root.putObject("languages")::put);
    root.put("instructions", statistics.instructions());
    root.put("repeated_queries", statistics.repeatedQueries());
    ObjectNode negatives = root.putObject("negatives");
    statistics.negatives().forEach((number, count) -> negatives.put("" + number, count));
    root.put("unit", unit);
    ObjectNode lengths = root.putObject("lengths");
    statistics
        .lengths()
        .forEach(
            (side, counts) ->
                lengths
                    .putObject(side)
                    .put("median", counts.quantile(0.5))
                    .put("mean", counts.mean())
                    .put("p95", counts.quantile(0.95))
                    .put("longest", counts.longest()));
    generated.ifPresent(folder -> generation(root.putObject("generation"), folder));
    return root.toString();
  }

  private static void generation(ObjectNode node, GeneratedFolder folder) {
    node.put("calls", folder.calls().calls())
        .put("input_tokens", folder.calls().inputTokens())
        .put("output_tokens", folder.calls().outputTokens())
        .put("usd", folder.calls().spent().amount());
    folder.calls().verdicts().forEach(node.putObject("verdicts")::put);
    folder.rejected().forEach(node.putObject("rejected")::put);
  }

  DataReport report() {
    return new DataReport(
        String.valueOf(data.toAbsolutePath().normalize().getFileName()),
        "What the training data in %s holds.".formatted(data),
        headlines(),
        unit,
        statistics,
        generated
            .map(folder -> new DataReport.Generation(folder.calls().verdicts(), folder.rejected()))
            .orElse(DataReport.Generation.none()));
  }

  private List<Headline> headlines() {
    var headlines = new ArrayList<Headline>();
    headlines.add(
        new Headline(
            "examples",
            format("%,d", statistics.examples()),
            format("%,d queries stand there before", statistics.repeatedQueries())));
    headlines.add(
        new Headline(
            "languages",
            format("%,d", statistics.languages().size()),
            format("%d kinds of task", statistics.kinds().size())));
    headlines.add(
        new Headline(
            "instructions", format("%,d", statistics.instructions()), "different task sentences"));
    generated.ifPresent(
        folder -> {
          LedgerTotals calls = folder.calls();
          headlines.add(
              new Headline("cost", calls.spent().toString(), format("%,d calls", calls.calls())));
          headlines.add(
              new Headline(
                  "tokens",
                  format("%,d", calls.inputTokens() + calls.outputTokens()),
                  format("%,d in, %,d out", calls.inputTokens(), calls.outputTokens())));
        });
    return headlines;
  }

  @FormatMethod
  private static String format(@FormatString String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
