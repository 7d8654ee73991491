package io.alidade.train.objective;

import io.alidade.core.Annotation;
import io.alidade.core.Example;
import java.util.Optional;

/// What several objectives demand of their settings and examples.
final class Checks {
  private Checks() {}

  static void above0(String name, double value) {
    if (!(value > 0)) {
      throw new IllegalArgumentException(name + " must be above 0, is " + value);
    }
  }

  /// Refuses pairs that are graded as anything but texts that belong together.
  static Optional<String> positive(Example example, String objective) {
    Annotation annotation = example.annotation();
    if (example.related()) {
      return Optional.empty();
    }
    String grade =
        annotation
            .score()
            .map(score -> "score is " + number(score))
            .orElseGet(() -> "label is \"%s\"".formatted(annotation.label().orElse("")));
    return Optional.of(
        ("%s, but objective %s takes every pair as texts that belong together; choose another"
                + " objective, or leave the row or the column out")
            .formatted(grade, objective));
  }

  /// As a row may have it: without a fraction of 0.
  static String number(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /// Refuses pairs without a grade.
  static Optional<String> graded(Example example, String objective) {
    return example.annotation().score().isPresent()
        ? Optional.empty()
        : Optional.of(
            "objective %s needs a \"%s\" in every row".formatted(objective, Annotation.SCORE));
  }

  /// Refuses examples without a negative.
  static Optional<String> negatives(Example example, String objective) {
    return example.negatives().isEmpty()
        ? Optional.of("objective %s needs a negative in every row".formatted(objective))
        : Optional.empty();
  }

  /// Refuses examples without a negative, or without a teacher's scores.
  static Optional<String> taught(Example example, String objective) {
    if (example.annotation().teacherScores().isEmpty()) {
      return Optional.of(
          "objective %s needs \"%s\" in every row: one of the positive and one of each negative"
              .formatted(objective, Annotation.TEACHER_SCORES));
    }
    return negatives(example, objective);
  }
}
