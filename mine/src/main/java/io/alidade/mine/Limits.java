package io.alidade.mine;

import java.util.Optional;
import java.util.OptionalDouble;

/// Which ranks and scores a negative may have. The limits keep out what is likely an answer after
/// all, and what is too far off to teach anything.
///
/// @param firstRank the best rank that is taken, from 1. Documents that are no negatives in any
///   case (the query, its known positives) have no rank
/// @param lastRank the worst
/// @param maxShare at most this share of the positive's score: 0.95 is NV-Retriever's TopK-PercPos.
///   Of a positive that scores below 0, at most that score
/// @param margin at least so much below the positive's score
/// @param maxScore the highest score that is taken
/// @param minScore the lowest
/// @see <a href="https://arxiv.org/abs/2407.15831">Moreira et al., NV-Retriever, 2024</a>, section
///   3
public record Limits(
    int firstRank,
    int lastRank,
    OptionalDouble maxShare,
    OptionalDouble margin,
    OptionalDouble maxScore,
    OptionalDouble minScore) {

  public Limits {
    check(firstRank >= 1, "the first rank must be at least 1, is " + firstRank);
    check(lastRank >= firstRank, "ranks %d-%d are none".formatted(firstRank, lastRank));
    check(
        maxShare.isEmpty() || maxShare.getAsDouble() > 0,
        "the share of the positive's score must be above 0");
    check(
        margin.isEmpty() || margin.getAsDouble() >= 0,
        "the margin below the positive's score must be at least 0");
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /// Any score of these ranks.
  public static Limits ranks(int first, int last) {
    return new Limits(
        first,
        last,
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  /// Why a document is refused, if it is. Ranks behind the last are not asked for.
  Optional<Verdict> refusal(int rank, double score, double positive) {
    if (rank < firstRank) {
      return Optional.of(Verdict.BEFORE_RANKS);
    }
    if (maxScore.isPresent() && score > maxScore.getAsDouble()) {
      return Optional.of(Verdict.ABOVE_MAXIMUM);
    }
    if (minScore.isPresent() && score < minScore.getAsDouble()) {
      return Optional.of(Verdict.BELOW_MINIMUM);
    }
    if (maxShare.isPresent() && score > positive * (positive > 0 ? maxShare.getAsDouble() : 1)) {
      return Optional.of(Verdict.ABOVE_SHARE);
    }
    if (margin.isPresent() && score > positive - margin.getAsDouble()) {
      return Optional.of(Verdict.WITHIN_MARGIN);
    }
    return Optional.empty();
  }
}
