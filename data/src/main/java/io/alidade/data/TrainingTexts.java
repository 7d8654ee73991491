package io.alidade.data;

import java.util.List;
import java.util.Optional;

/// What every layout says of a training row.
///
/// @param instruction if the row has a place for one and something stands there
/// @param positives at least one
record TrainingTexts(
    Optional<String> instruction, String query, List<String> positives, List<String> negatives) {
  TrainingTexts {
    positives = List.copyOf(positives);
    negatives = List.copyOf(negatives);
  }

  static TrainingTexts of(String query, List<String> positives, List<String> negatives) {
    return new TrainingTexts(Optional.empty(), query, positives, negatives);
  }
}
