package io.alidade.cli.command;

import io.alidade.cli.Counted;
import io.alidade.mine.MinedFiles;
import io.alidade.mine.MiningSummary;
import io.alidade.mine.Verdict;
import io.alidade.synth.ledger.Ledger;
import io.alidade.synth.ledger.LedgerTotals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What mining came to, for people and for programs.
///
/// @param calls of an LLM that checked negatives, if one did
record MineOutput(MiningSummary summary, MinedFiles files, Optional<LedgerTotals> calls) {

  /// What a folder's work came to.
  static MineOutput of(MiningSummary summary, Path folder) {
    Path ledger = folder.resolve(Ledger.FILE_NAME);
    return new MineOutput(
        summary,
        new MinedFiles(folder),
        Files.exists(ledger) ? Optional.of(LedgerTotals.read(ledger)) : Optional.empty());
  }

  String text() {
    var text = new StringBuilder();
    text.append(Counted.of(summary.of(Verdict.TAKEN), "negative"))
        .append(" for ")
        .append(Counted.of(summary.examples(), "example"));
    if (summary.incomplete() > 0) {
      text.append(
          String.format(Locale.ROOT, "; %,d have fewer than asked for", summary.incomplete()));
    }
    summary
        .verdicts()
        .forEach(
            (verdict, count) ->
                text.append(String.format(Locale.ROOT, "%n%,9d  %s", count, verdict.label())));
    calls.ifPresent(
        total ->
            text.append(
                "%ncalls   %d, %d tokens in, %d out, %s"
                    .formatted(
                        total.calls(), total.inputTokens(), total.outputTokens(), total.spent())));
    return text.append("\ndata    ")
        .append(files.data())
        .append("\naudit   ")
        .append(files.audit())
        .toString();
  }

  /// What to do where the usual limit leaves most examples without: the cosines of some models,
  /// such as E5's, lie so close together that it means little.
  Optional<String> advice() {
    long looked = summary.verdicts().values().stream().mapToLong(Long::longValue).sum();
    boolean mostly = summary.of(Verdict.ABOVE_SHARE) * 2 > looked;
    return mostly && summary.incomplete() * 2 > summary.examples()
        ? Optional.of(
            "most texts score more than the share of the positive's score that is allowed, as they"
                + " do where a model's cosines lie close together; audit.jsonl shows the scores,"
                + " and --max-share 0.99 or --max-share 0 --margin 0.02 may suit it better")
        : Optional.empty();
  }

  String json() {
    ObjectNode json =
        JsonMapper.shared()
            .createObjectNode()
            .put("examples", summary.examples())
            .put("incomplete", summary.incomplete());
    ObjectNode verdicts = json.putObject("verdicts");
    summary.verdicts().forEach((verdict, count) -> verdicts.put(verdict.label(), count));
    calls.ifPresent(
        total ->
            json.put("calls", total.calls())
                .put("input_tokens", total.inputTokens())
                .put("output_tokens", total.outputTokens())
                .put("usd", total.spent().amount()));
    return json.put("data", files.data().toString())
        .put("audit", files.audit().toString())
        .toString();
  }
}
