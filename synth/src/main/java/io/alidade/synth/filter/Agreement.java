package io.alidade.synth.filter;

import io.alidade.core.Example;
import io.alidade.data.TrainingFile;
import java.util.Locale;
import java.util.Optional;

/// Refuses examples of which an embedder takes a negative for the better answer. Threads may share
/// it.
///
/// It keeps what the embedder knows already; with a weak one it also refuses what could be learnt.
///
/// @see <a href="https://arxiv.org/abs/2209.11755">Dai et al., Promptagator, 2022</a>, whose
///   round-trip consistency asks the same of a whole corpus
public final class Agreement {
  private final Similarity similarity;

  public Agreement(Similarity similarity) {
    this.similarity = similarity;
  }

  /// The refusal, if a negative is at least as near to the query as the positive.
  public Optional<Verdict.Rejected> check(Example example) {
    double[] cosines = similarity.cosines(example);
    if (cosines[0] > cosines[1]) {
      return Optional.empty();
    }
    String detail =
        String.format(
            Locale.ROOT,
            "the query's cosine is %.3f to a negative and %.3f to the positive",
            cosines[1],
            cosines[0]);
    return Optional.of(
        new Verdict.Rejected(Reason.DISAGREEMENT, detail, TrainingFile.line(example)));
  }
}
