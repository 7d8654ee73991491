package io.alidade.mine;

import io.alidade.core.TextInput;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Questions and the documents in which their negatives are sought.
///
/// @param name for people, such as a kind
/// @param documents each text once
public record Group(String name, List<Question> questions, List<TextInput> documents) {
  public Group {
    questions = List.copyOf(questions);
    documents = List.copyOf(documents);
  }

  /// All texts that a teacher has to look at, each once.
  Set<TextInput> texts() {
    var texts = new LinkedHashSet<TextInput>();
    for (Question question : questions) {
      texts.add(question.query());
      texts.add(question.positive());
    }
    texts.addAll(documents);
    return texts;
  }
}
