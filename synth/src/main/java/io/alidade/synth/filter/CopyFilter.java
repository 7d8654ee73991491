package io.alidade.synth.filter;

import io.alidade.synth.text.Words;
import java.util.List;
import java.util.Optional;

/// Refuses texts that are the same as another of the answer, or stand in the prompt.
final class CopyFilter implements Filter {
  /// Shorter texts may stand in a prompt by chance.
  private static final int LEAST_CHARACTERS = 25;

  @Override
  public Optional<Fault> check(Draft draft) {
    List<Draft.Field> fields = draft.fields();
    String prompt = Words.folded(draft.prompt());
    for (int i = 0; i < fields.size(); i++) {
      String text = Words.folded(fields.get(i).text());
      if (text.length() >= LEAST_CHARACTERS && prompt.contains(text)) {
        return copied("\"%s\" stands in the prompt".formatted(fields.get(i).key()));
      }
      for (Draft.Field other : fields.subList(0, i)) {
        if (Words.folded(other.text()).equals(text)) {
          return copied("\"%s\" repeats \"%s\"".formatted(fields.get(i).key(), other.key()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Fault> copied(String detail) {
    return Optional.of(new Fault(Reason.COPIED, detail));
  }
}
