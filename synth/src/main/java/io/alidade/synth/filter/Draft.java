package io.alidade.synth.filter;

import io.alidade.synth.sampling.Candidate;
import io.alidade.synth.sampling.Language;
import java.util.ArrayList;
import java.util.List;

/// An answer with the texts that were asked for, before the filters.
///
/// @param task as the prompt was given it or the answer names it; empty where there is none
/// @param prompt as it was sent
/// @param negative empty where none was asked for
record Draft(
    Candidate candidate,
    String task,
    String prompt,
    String query,
    String positive,
    String negative) {

  /// One text of the answer.
  ///
  /// @param key under which it stood there
  record Field(String key, String text, Language language) {}

  /// What the model wrote: the query, the positive unless it is a given passage, and the negative
  /// if there is one.
  List<Field> fields() {
    var fields = new ArrayList<Field>();
    fields.add(new Field(candidate.prompt().queryKey(), query, candidate.queryLanguage()));
    if (candidate.passage().isEmpty()) {
      fields.add(
          new Field(candidate.prompt().positiveKey(), positive, candidate.documentLanguage()));
    }
    if (!negative.isEmpty()) {
      fields.add(
          new Field(candidate.prompt().negativeKey(), negative, candidate.documentLanguage()));
    }
    return fields;
  }
}
