package io.alidade.data;

import io.alidade.core.Example;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Says why an example that can be read cannot be trained on, as far as its texts alone decide it.
/// Reasons are words that follow the example's place.
public final class ExampleCheck {
  private static final int MOST_CHARACTERS = 1_000_000;

  private ExampleCheck() {}

  /// The reason in a file of this layout, whatever the recipe that it is for. Texts that are their
  /// own positives by intent, and pairs with a grade or a label, which may be equal, are none.
  public static Optional<String> refusal(Example example, TrainingLayout layout) {
    boolean graded =
        example.annotation().score().isPresent() || example.annotation().label().isPresent();
    return tooLong(example, UnaryOperator.identity(), UnaryOperator.identity())
        .or(() -> layout.copies() || graded ? Optional.empty() : copy(example))
        .or(() -> positiveAmongNegatives(example));
  }

  /// A text that no batch should hold.
  ///
  /// @param query what a query is cut to before it is trained on
  /// @param passage what any other text is cut to
  public static Optional<String> tooLong(
      Example example, UnaryOperator<String> query, UnaryOperator<String> passage) {
    return size("query", "query_characters", query.apply(example.query()))
        .or(() -> size("positive", "passage_characters", passage.apply(example.positive())))
        .or(
            () ->
                example.negatives().stream()
                    .map(passage)
                    .flatMap(text -> size("a negative", "passage_characters", text).stream())
                    .findFirst());
  }

  private static Optional<String> size(String what, String key, String text) {
    return text.length() <= MOST_CHARACTERS
        ? Optional.empty()
        : Optional.of(
            "%s has %d characters, and %d are the most; divide the text, or set limits.%s"
                .formatted(what, text.length(), MOST_CHARACTERS, key));
  }

  /// A query that is its own positive.
  public static Optional<String> copy(Example example) {
    return example.query().equals(example.positive())
        ? Optional.of(
            "query and positive are the same text, and nothing tells them apart; leave the row out,"
                + " or, to train on copies that differ by dropout alone, set tuning to"
                + " {type: lora, dropout: 0.1} or the like")
        : Optional.empty();
  }

  /// A negative that is the positive.
  public static Optional<String> positiveAmongNegatives(Example example) {
    int own = example.negatives().indexOf(example.positive());
    return own < 0
        ? Optional.empty()
        : Optional.of(
            "negative %d is the positive itself; take it out of the negatives".formatted(own + 1));
  }
}
