package io.alidade.synth.llm;

import java.time.Duration;
import java.util.Optional;

/// How one call ended.
public sealed interface ChatOutcome {

  /// It came to an answer of some form, which may cost money and would be the same the next time.
  sealed interface Final extends ChatOutcome {
    Usage usage();

    /// What the model wrote, as far as it did.
    String text();
  }

  /// It came to nothing and may be tried again.
  sealed interface Retriable extends ChatOutcome {

    /// Why, in a few words.
    String reason();
  }

  /// A whole answer.
  record Answered(String text, Usage usage) implements Final {}

  /// The answer reached the greatest length and was cut off.
  record Cut(String text, Usage usage) implements Final {}

  /// The model declined.
  record Refused(String text, Usage usage) implements Final {}

  /// The server's content filter stopped the prompt or the answer.
  record Filtered(String text, Usage usage) implements Final {}

  /// Too many requests or tokens; nothing was done and nothing is to pay.
  ///
  /// @param retryAfter what the server asks for
  record Throttled(
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Duration> retryAfter,
      String reason)
      implements Retriable {}

  /// The server failed and said so; nothing is to pay.
  record ServerFailed(int status, String reason) implements Retriable {}

  /// No answer came back: a timeout, a dropped connection, or something that is no answer. The
  /// server may have worked, and may charge for it.
  record Lost(String reason) implements Retriable {}

  /// The server will not take such requests: a wrong key or model, an empty account, an option it
  /// does not know. The next one would end the same way.
  record Denied(int status, String reason) implements ChatOutcome {}
}
