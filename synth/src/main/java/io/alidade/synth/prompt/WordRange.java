package io.alidade.synth.prompt;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A number of words that a prompt asks for, such as `5 to 15 words`.
///
/// @param least 0 where only an upper bound was asked for
/// @param most [Integer#MAX_VALUE] where only a lower bound was
public record WordRange(int least, int most) {
  private static final Pattern FORM =
      Pattern.compile("(less than |at least |about )?([0-9]{1,6})(?: to ([0-9]{1,6}))?(?: words)?");

  /// LLMs count badly: what a prompt asks for is only far off beyond these factors.
  private static final int TOO_SHORT = 5;

  private static final int TOO_LONG = 4;

  /// The range a prompt's words describe; none for any other text.
  public static Optional<WordRange> parse(String words) {
    Matcher match = FORM.matcher(words.strip());
    if (!match.matches()) {
      return Optional.empty();
    }
    int number = Integer.parseInt(match.group(2));
    String qualifier = match.group(1) == null ? "" : match.group(1).strip();
    if (match.group(3) != null) {
      return Optional.of(new WordRange(number, Integer.parseInt(match.group(3))));
    }
    return Optional.of(
        switch (qualifier) {
          case "less than" -> new WordRange(0, number);
          case "at least" -> new WordRange(number, Integer.MAX_VALUE);
          default -> new WordRange(number, number);
        });
  }

  /// Whether so many words are so far from what was asked for that the text was misunderstood.
  public boolean farFrom(int words) {
    return words < least / TOO_SHORT
        || (most < Integer.MAX_VALUE && words > (long) most * TOO_LONG);
  }

  /// How many words to expect, for estimates.
  public int typical() {
    if (most == Integer.MAX_VALUE) {
      return least + least / 4;
    }
    return Math.max(1, (least + most) / 2);
  }
}
