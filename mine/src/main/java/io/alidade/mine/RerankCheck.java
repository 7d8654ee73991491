package io.alidade.mine;

import io.alidade.eval.api.Reranker;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Takes for an answer what a reranker scores too close to the positive. The positive is scored
/// with the documents, since rerankers differ in their scales.
///
/// @param limits of the reranker's scores; its ranks are not used
public record RerankCheck(Reranker reranker, Limits limits) implements NegativeCheck {
  private static final int REQUESTS_AT_ONCE = 4;

  @Override
  public List<Opinion> opinions(Question question, List<String> documents) {
    var texts = new ArrayList<String>();
    texts.add(question.positive().text());
    texts.addAll(documents);
    double[] scores = reranker.scores(question.query().text(), texts);
    var opinions = new ArrayList<Opinion>();
    for (int i = 1; i < scores.length; i++) {
      opinions.add(opinion(scores[i], scores[0]));
    }
    return opinions;
  }

  private Opinion opinion(double score, double positive) {
    Optional<Verdict> refusal = limits.refusal(limits.firstRank(), score, positive);
    String compared = String.format(Locale.ROOT, "the positive scores %.6f", positive);
    return new Opinion(
        refusal.isPresent(),
        score,
        refusal.map(verdict -> verdict.label() + ": " + compared).orElse(compared));
  }

  @Override
  public int atOnce() {
    return REQUESTS_AT_ONCE;
  }
}
