package io.alidade.synth;

import io.alidade.core.AlidadeException;
import io.alidade.core.Example;
import io.alidade.core.Progress;
import io.alidade.data.TrainingFile;
import io.alidade.synth.filter.Duplicates;
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

  private final GenerateRecipe recipe;
  private final Duplicates duplicates;
  private final Optional<SemanticDuplicates> meanings;
  private final OutputFile train;
  private final OutputFile rejected;
  private final Ledger ledger;
  private final Desk desk;
  private final Progress progress;
  private final TreeMap<String, Long> reasons = new TreeMap<>();

  /// The same since the last accepted candidate.
  private final TreeMap<String, Long> inARow = new TreeMap<>();

  private String told = "";
  private long toldNanos;
  private int accepted;
  private long candidates;

  Assembly(
      GenerateRecipe recipe,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<SemanticDuplicates> meanings,
      OutputFile train,
      OutputFile rejected,
      Ledger ledger,
      Desk desk,
      Progress progress) {
    this.recipe = recipe;
    this.duplicates = new Duplicates(recipe.filters());
    this.meanings = meanings;
    this.train = train;
    this.rejected = rejected;
    this.ledger = ledger;
    this.desk = desk;
    this.progress = progress;
  }

  /// Examples that are still wanted.
  int missing() {
    return recipe.examples() - accepted;
  }

  /// Takes the candidate after the last one taken.
  ///
  /// @throws AlidadeException if nothing has been accepted for as long as the budget allows
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
          inARow.clear();
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
    // All calls are made when the last examples are taken.
    String news = accepted + " " + detail;
    if (!news.equals(told) || now - toldNanos > STILL_NANOS) {
      told = news;
      toldNanos = now;
      progress.update(accepted, recipe.examples(), detail);
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
    inARow.merge(reason.label(), 1L, Long::sum);
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
    checkHopeful();
  }

  /// A model that never does what it is asked to would be paid for without end.
  private void checkHopeful() {
    long refused = inARow.values().stream().mapToLong(Long::longValue).sum();
    int most = recipe.budget().rejectionsInARow();
    if (most > 0 && refused >= most) {
      throw new AlidadeException(
          "the last %d candidates were all refused (%s); %s has what the model wrote; mend its prompts or settings, or raise budget.rejections_in_a_row and run the same command to go on"
              .formatted(refused, Summary.reasons(inARow), Generator.REJECTED_FILE));
    }
  }
}
