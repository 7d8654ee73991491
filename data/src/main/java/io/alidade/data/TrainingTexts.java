package io.alidade.data;

import io.alidade.core.Annotation;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What every layout says of a training row.
///
/// @param instruction if the row has a place for one and something stands there
/// @param positives at least one
/// @param annotations what the row says beside the texts, one a positive
record TrainingTexts(
    Optional<String> instruction,
    String query,
    List<String> positives,
    List<String> negatives,
    List<Annotation> annotations) {
  TrainingTexts {
    positives = List.copyOf(positives);
    negatives = List.copyOf(negatives);
    annotations = List.copyOf(annotations);
  }

  /// Texts alone.
  static TrainingTexts of(String query, List<String> positives, List<String> negatives) {
    return new TrainingTexts(
        Optional.empty(),
        query,
        positives,
        negatives,
        Collections.nCopies(positives.size(), Annotation.NONE));
  }

  TrainingTexts withInstruction(Optional<String> other) {
    return new TrainingTexts(other, query, positives, negatives, annotations);
  }

  /// @param others one a positive
  TrainingTexts withAnnotations(List<Annotation> others) {
    return new TrainingTexts(instruction, query, positives, negatives, others);
  }
}
