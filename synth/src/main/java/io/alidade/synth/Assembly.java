package io.alidade.synth;

import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.data.TrainingFile;
import io.alidade.synth.filter.Duplicates;
import io.alidade.synth.filter.FilterConfig;
import io.alidade.synth.filter.Reason;
import io.alidade.synth.filter.SemanticDuplicates;
import io.alidade.synth.filter.Verdict;
import io.alidade.synth.ledger.Desk;
import io.alidade.synth.ledger.Ledger;
import io.alidade.synth.ledger.LedgerTotals;
import io.alidade.synth.sampling.Candidate;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// Puts judged candidates into the files, in the order of their numbers.
final class Assembly {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Batches take hours.
  private static final long STILL_NANOS = 60_000_000_000L;

  private final int wanted;
  private final Duplicates duplicates;
  private final Optional<SemanticDuplicates> meanings;
  private final OutputFile train;
  private final OutputFile rejected;
  private final Ledger ledger;
  private final Desk desk;
  private final Progress progress;
  private final TreeMap<String, Long> reasons = new TreeMap<>();
  private String told = "";
  private long toldNanos;
  private int accepted;
  private long candidates;

  Assembly(
      int wanted,
      FilterConfig filters,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<SemanticDuplicates> meanings,
      OutputFile train,
      OutputFile rejected,
      Ledger ledger,
      Desk desk,
      Progress progress) {
    this.wanted = wanted;
    this.duplicates = new Duplicates(filters);
    this.meanings = meanings;
    this.train = train;
    this.rejected = rejected;
    this.ledger = ledger;
    this.desk = desk;
    this.progress = progress;
  }

  /// Examples that are still wanted.
  int missing() {
    return wanted - accepted;
  }

  /// Takes the candidate after the last one taken.
  void take(CandidateWork.Judged judged) {
    if (judged.candidate().index() != candidates) {
      throw new IllegalArgumentException("candidates must come in order");
    }
    candidates++;
    switch (judged.verdict()) {
      case Verdict.Accepted(Example example) -> {
        Optional<Reason> repeated =
            duplicates.check(example, judged.candidate().passage().isPresent());
        if (repeated.isPresent()) {
          reject(judged.candidate(), repeated.get(), "an earlier example is", example.query());
        } else if (meanings.isPresent() && !meanings.get().add(example)) {
          String detail = "an earlier query means the same";
          reject(judged.candidate(), Reason.SEMANTIC_DUPLICATE, detail, example.query());
        } else {
          train.line(TrainingFile.line(example));
          accepted++;
        }
      }
      case Verdict.Rejected(Reason reason, String detail, String text) ->
          reject(judged.candidate(), reason, detail, text);
    }
    report();
  }

  /// Tells how far it is; where nothing has changed, once in a while.
  void report() {
    LedgerTotals totals = ledger.totals();
    String calls =
        "%d calls, %s, %d rejected"
            .formatted(totals.calls(), totals.spent(), candidates - accepted);
    String underWay = desk.underWay();
    String detail = underWay.isEmpty() ? calls : calls + ", " + underWay;
    long now = System.nanoTime();
    if (!detail.equals(told) || now - toldNanos > STILL_NANOS) {
      told = detail;
      toldNanos = now;
      progress.update(accepted, wanted, detail);
    }
  }

  /// What came of it, when no example is missing.
  Summary finish() {
    train.finish();
    rejected.finish();
    return new Summary(accepted, candidates, reasons, ledger.totals());
  }

  private void reject(Candidate candidate, Reason reason, String detail, String text) {
    reasons.merge(reason.label(), 1L, Long::sum);
    rejected.line(
        JSON.createObjectNode()
            .put("call", candidate.callId())
            .put("kind", candidate.prompt().header().kind().label())
            .put("prompt", candidate.prompt().label())
            .put("language", candidate.language())
            .put("reason", reason.label())
            .put("detail", detail)
            .put("answer", text)
            .toString());
  }
}
