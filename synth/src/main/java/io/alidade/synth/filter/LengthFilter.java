package io.alidade.synth.filter;

import io.alidade.synth.prompt.WordRange;
import io.alidade.synth.sampling.Candidate;
import io.alidade.synth.text.Words;
import java.util.Optional;

/// Refuses texts far longer or shorter than the prompt asked for.
final class LengthFilter implements Filter {

  @Override
  public Optional<Fault> check(Draft draft) {
    for (Draft.Field field : draft.fields()) {
      int words = Words.count(field.text());
      Optional<String> asked =
          asked(draft.candidate(), field.key())
              .filter(
                  range -> WordRange.parse(range).filter(one -> one.farFrom(words)).isPresent());
      if (asked.isPresent()) {
        return Optional.of(
            new Fault(
                Reason.LENGTH,
                "\"%s\" has %d words where the prompt asks for %s"
                    .formatted(field.key(), words, asked.get())));
      }
    }
    return Optional.empty();
  }

  /// What the prompt says of the length of a text.
  static Optional<String> asked(Candidate candidate, String key) {
    return Optional.ofNullable(candidate.prompt().header().lengths().get(key))
        .map(length -> candidate.values().getOrDefault(length, length));
  }
}
