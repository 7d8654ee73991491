package io.alidade.train.mixture;

import io.alidade.core.Example;
import io.alidade.data.ExampleCheck;
import io.alidade.train.objective.Objective;
import io.alidade.train.objective.Objective.HardNegatives;
import java.util.Optional;

/// Says why an example that can be read cannot be trained on.
final class RowCheck {
  private final DataSource source;
  private final Mixture.Rules rules;

  RowCheck(DataSource source, Mixture.Rules rules) {
    this.source = source;
    this.rules = rules;
  }

  /// The reason, in words that follow the example's place.
  Optional<String> refusal(Example example) {
    return ExampleCheck.tooLong(example, source.limits()::query, source.limits()::passage)
        .or(() -> rules.objective().refusal(example))
        .or(() -> pair(example))
        .or(() -> negatives(example));
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
    return !rules.dropout() && uses() ? ExampleCheck.copy(example) : Optional.empty();
  }

  private Optional<String> negatives(Example example) {
    Optional<String> own = uses() ? ExampleCheck.positiveAmongNegatives(example) : Optional.empty();
    return own.or(() -> lone(example));
  }

  private Optional<String> lone(Example example) {
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
