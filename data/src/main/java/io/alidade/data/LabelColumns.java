package io.alidade.data;

import io.alidade.core.Annotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// The columns that sentence-transformers takes as labels, whatever the others mean.
///
/// Beside a pair a number is the pair's grade, and a text its class. Beside a triplet a number is
/// how far a teacher has the positive above the negative; a list has a number a negative likewise,
/// or the teacher's scores of the positive and each negative. Margins are kept as the scores 0 and
/// −margin, since losses over them are functions of differences alone.
final class LabelColumns {
  private static final List<String> NAMES = List.of("score", "scores", "label", "labels");

  private LabelColumns() {}

  static boolean is(String column) {
    return NAMES.contains(column);
  }

  /// What the first of them says.
  ///
  /// @param negatives how many the row has
  static Annotation read(JsonLine row, int negatives) {
    Optional<String> column = NAMES.stream().filter(row::has).findFirst();
    return column.map(name -> read(row, name, negatives)).orElse(Annotation.NONE);
  }

  private static Annotation read(JsonLine row, String column, int negatives) {
    JsonNode value = row.object().path(column);
    if (value.isString()) {
      return Annotation.ofLabel(row.text(column));
    }
    if (value.isArray()) {
      return Annotation.ofTeacher(teacher(row, column, row.numbers(column), negatives));
    }
    double number = value.isBoolean() ? (value.booleanValue() ? 1 : 0) : row.number(column);
    if (negatives == 0) {
      return Annotation.ofScore(number);
    }
    return Annotation.ofTeacher(teacher(row, column, List.of(number), negatives));
  }

  private static List<Double> teacher(
      JsonLine row, String column, List<Double> numbers, int negatives) {
    if (numbers.size() == negatives + 1) {
      return numbers;
    }
    if (numbers.size() != negatives) {
      throw row.error(
          "\"%s\" has %d numbers, but there are a positive and %d negatives"
              .formatted(column, numbers.size(), negatives));
    }
    var scores = new ArrayList<>(List.of(0.0));
    numbers.forEach(margin -> scores.add(-margin));
    return scores;
  }
}
