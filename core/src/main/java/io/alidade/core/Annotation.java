package io.alidade.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a data set says of an example beside its texts. Any of it may be absent, and none of it is
/// part of the example's id.
///
/// @param score how near query and positive are, of graded pairs, on the data's own scale
/// @param label the class of the pair, such as `entailment`
/// @param teacherScores what another model says of the positive and of each negative, in this
///   order; empty for nothing
/// @param documents the identifiers of the positive and of each negative in their corpus, in this
///   order; empty for none
public record Annotation(
    Optional<Double> score,
    Optional<String> label,
    List<Double> teacherScores,
    List<String> documents) {

  /// Nothing.
  public static final Annotation NONE =
      new Annotation(Optional.empty(), Optional.empty(), List.of(), List.of());

  /// The names of what may be said, as our own files spell them.
  public static final String SCORE = "score";

  public static final String LABEL = "label";
  public static final String TEACHER_SCORES = "teacher_scores";
  public static final String DOCUMENTS = "documents";

  public Annotation {
    teacherScores = List.copyOf(teacherScores);
    documents = List.copyOf(documents);
  }

  public static Annotation ofScore(double score) {
    return new Annotation(Optional.of(score), Optional.empty(), List.of(), List.of());
  }

  public static Annotation ofLabel(String label) {
    return new Annotation(Optional.empty(), Optional.of(label), List.of(), List.of());
  }

  public static Annotation ofTeacher(List<Double> scores) {
    return new Annotation(Optional.empty(), Optional.empty(), scores, List.of());
  }

  public static Annotation ofDocuments(List<String> documents) {
    return new Annotation(Optional.empty(), Optional.empty(), List.of(), documents);
  }

  /// Whether the pair has no grade, or that of texts that belong together: 1.
  boolean positive() {
    return score.filter(grade -> grade != 1).isEmpty()
        && label.filter(name -> !name.equals("1")).isEmpty();
  }

  /// The names of what is there.
  public List<String> present() {
    var present = new ArrayList<String>();
    score.ifPresent(_ -> present.add(SCORE));
    label.ifPresent(_ -> present.add(LABEL));
    if (!teacherScores.isEmpty()) {
      present.add(TEACHER_SCORES);
    }
    if (!documents.isEmpty()) {
      present.add(DOCUMENTS);
    }
    return present;
  }
}
