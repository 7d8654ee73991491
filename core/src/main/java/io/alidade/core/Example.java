package io.alidade.core;

import java.util.List;
import java.util.Map;

/// A training example: a query under an instruction, the text it should be near to, and texts it
/// should be far from.
///
/// @param id the [ExampleId] of kind, language, instruction, query and positive
/// @param language an ISO 639-1 code such as `de`; for bitext the pair, such as `en-de`
/// @param instruction the bare task sentence, without the template around it
/// @param positive of pairs that are graded or labelled the other text, however near it is
/// @param negatives hard negatives, possibly none; they do not change the id
/// @param provenance where it came from, as read, such as `{"source": "alidade-sample"}`
/// @param annotation grades, labels and scores; they do not change the id
public record Example(
    String id,
    TaskKind kind,
    String language,
    String instruction,
    String query,
    String positive,
    List<String> negatives,
    Map<String, Object> provenance,
    Annotation annotation) {

  public Example {
    negatives = List.copyOf(negatives);
    provenance = Map.copyOf(provenance);
    requireOneEach(annotation.teacherScores(), negatives, Annotation.TEACHER_SCORES);
    requireOneEach(annotation.documents(), negatives, Annotation.DOCUMENTS);
  }

  private static void requireOneEach(List<?> values, List<String> negatives, String name) {
    if (!values.isEmpty() && values.size() != 1 + negatives.size()) {
      throw new IllegalArgumentException(
          "%s has %d values for a positive and %d negatives"
              .formatted(name, values.size(), negatives.size()));
    }
  }

  /// An example with the id its content demands and nothing but its texts.
  public static Example of(
      TaskKind kind,
      String language,
      String instruction,
      String query,
      String positive,
      List<String> negatives,
      Map<String, Object> provenance) {
    String id = ExampleId.of(kind, language, instruction, query, positive);
    return new Example(
        id, kind, language, instruction, query, positive, negatives, provenance, Annotation.NONE);
  }

  /// Whether query and positive belong together: all but pairs that are graded as something else. A
  /// grade beside negatives is none of the pair.
  public boolean related() {
    return annotation.positive() || !negatives.isEmpty();
  }

  /// The query as a model is given it.
  public TextInput queryInput() {
    return TextInput.query(instruction, query);
  }

  /// A text that the query is compared with, such as the positive, as a model is given it: in
  /// symmetric tasks the instruction stands on both sides.
  public TextInput candidateInput(String text) {
    return kind.symmetric() ? TextInput.query(instruction, text) : TextInput.document(text);
  }

  /// With other negatives; what a teacher or a corpus said of the old ones goes with them.
  public Example withNegatives(List<String> other) {
    var kept = new Annotation(annotation.score(), annotation.label(), List.of(), List.of());
    return new Example(id, kind, language, instruction, query, positive, other, provenance, kept);
  }

  public Example withProvenance(Map<String, Object> other) {
    return new Example(
        id, kind, language, instruction, query, positive, negatives, other, annotation);
  }

  public Example withAnnotation(Annotation other) {
    return new Example(
        id, kind, language, instruction, query, positive, negatives, provenance, other);
  }
}
