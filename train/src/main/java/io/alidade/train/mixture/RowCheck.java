package io.alidade.train.mixture;

import io.alidade.core.Example;
import io.alidade.train.objective.Objective;
import io.alidade.train.objective.Objective.HardNegatives;
import java.util.Optional;

/// Says why an example that can be read cannot be trained on.
final class RowCheck {
  private static final int MOST_CHARACTERS = 1_000_000;

  private final DataSource source;
  private final Mixture.Rules rules;

  RowCheck(DataSource source, Mixture.Rules rules) {
    this.source = source;
    this.rules = rules;
  }

  /// The reason, in words that follow the example's place.
  Optional<String> refusal(Example example) {
    return size("query", "query_characters", source.limits().query(example.query()))
        .or(() -> size("positive", source.limits().passage(example.positive())))
        .or(() -> sizes(example))
        .or(() -> rules.objective().refusal(example))
        .or(() -> pair(example))
        .or(() -> negatives(example));
  }

  private Optional<String> sizes(Example example) {
    return example.negatives().stream()
        .flatMap(text -> size("a negative", source.limits().passage(text)).stream())
        .findFirst();
  }

  private static Optional<String> size(String what, String passage) {
    return size(what, "passage_characters", passage);
  }

  private static Optional<String> size(String what, String key, String text) {
    return text.length() <= MOST_CHARACTERS
        ? Optional.empty()
        : Optional.of(
            "%s has %d characters, and %d are the most; divide the text, or set limits.%s"
                .formatted(what, text.length(), MOST_CHARACTERS, key));
  }

  private Optional<String> pair(Example example) {
    return switch (source.pairs()) {
      case Pairing.Crops _ -> crops(example);
      case Pairing.LabelTexts _, Pairing.LabelExamples _ -> Optional.empty();
      case Pairing.AsWritten _, Pairing.Columns _ -> copy(example);
    };
  }

  private static Optional<String> crops(Example example) {
    int units = TextUnits.of(example.query()).count();
    return units >= TextUnits.LEAST
        ? Optional.empty()
        : Optional.of(
            "the text has %d words, and crops are of %d or more".formatted(units, TextUnits.LEAST));
  }

  /// With dropout the two sides of a copy differ, and without it nothing can be learnt from one.
  private Optional<String> copy(Example example) {
    boolean copy = example.query().equals(example.positive());
    return copy && !rules.dropout() && uses()
        ? Optional.of(
            "query and positive are the same text, and nothing tells them apart; leave the row out,"
                + " or, to train on copies that differ by dropout alone, set tuning to"
                + " {type: lora, dropout: 0.1} or the like")
        : Optional.empty();
  }

  private Optional<String> negatives(Example example) {
    int own = example.negatives().indexOf(example.positive());
    if (own >= 0 && uses()) {
      return Optional.of(
          "negative %d is the positive itself; take it out of the negatives".formatted(own + 1));
    }
    boolean alone =
        !source.inBatchNegatives()
            && rules.objective().hardNegatives() == HardNegatives.USED
            && !bringsNegatives();
    return alone && example.negatives().isEmpty()
        ? Optional.of(
            "there is no negative, and in_batch_negatives is false for this source; give the row a"
                + " negative, or set in_batch_negatives to true")
        : Optional.empty();
  }

  private boolean uses() {
    return rules.objective().hardNegatives() != Objective.HardNegatives.UNUSED;
  }

  private boolean bringsNegatives() {
    return source.pairs() instanceof Pairing.LabelTexts
        || source.pairs() instanceof Pairing.LabelExamples;
  }
}
