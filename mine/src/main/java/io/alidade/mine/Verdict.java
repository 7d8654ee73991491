package io.alidade.mine;

import java.util.Locale;

/// What became of a document that a teacher found for a question.
public enum Verdict {
  /// It is a negative now.
  TAKEN,
  /// It is the query, or one of its known positives, but for case and blanks.
  SAME_TEXT,
  /// The example has it already.
  OWN_NEGATIVE,
  /// Its rank is better than the first that is taken.
  BEFORE_RANKS,
  /// Its score is above the highest that is taken.
  ABOVE_MAXIMUM,
  /// Its score is below the lowest that is taken.
  BELOW_MINIMUM,
  /// Its score is above the share of the positive's.
  ABOVE_SHARE,
  /// Its score is too close to the positive's, or above it.
  WITHIN_MARGIN,
  /// It would have done, but the check takes it for an answer.
  FAILED_CHECK,
  /// It would have done, but enough others were taken.
  NOT_NEEDED;

  /// The name in files, such as `same-text`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
