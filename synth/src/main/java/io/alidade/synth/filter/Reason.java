package io.alidade.synth.filter;

import java.util.Locale;

/// Why a candidate became no example.
public enum Reason {
  /// The server gave no answer, however often it was asked.
  NO_ANSWER,
  /// No usable list of tasks came back.
  NO_TASK,
  /// The model declined.
  REFUSED,
  /// The server's content filter stopped it.
  FILTERED,
  /// The answer was cut off.
  CUT,
  /// The answer holds no JSON object.
  NOT_JSON,
  /// The object lacks a key, or a key holds no text.
  SCHEMA,
  /// A text is empty.
  EMPTY,
  /// A text repeats another or the prompt.
  COPIED,
  /// A label is not in the task's set.
  LABEL,
  /// A text is far from the length asked for.
  LENGTH,
  /// A text is in another language.
  LANGUAGE,
  /// A text holds an e-mail address.
  EMAIL,
  /// A text holds a telephone number.
  PHONE,
  /// A text holds the number of an account.
  IBAN,
  /// A text holds the number of a card.
  CARD,
  /// A text holds a key or token.
  SECRET,
  /// An embedder takes a negative for the better answer.
  DISAGREEMENT,
  /// The judge gave it too low a score.
  JUDGED,
  /// The judge gave no score.
  NOT_JUDGED,
  /// An earlier example has the same query.
  DUPLICATE,
  /// An earlier example is nearly the same.
  NEAR_DUPLICATE,
  /// An earlier example's query means the same.
  SEMANTIC_DUPLICATE;

  /// The name in files, such as `not-json`.
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
