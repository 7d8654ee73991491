package io.alidade.synth.llm;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What the status of an answer that is an error says.
final class HttpStatus {
  static final int UNAUTHORIZED = 401;
  static final int NOT_FOUND = 404;
  static final int BAD_REQUEST = 400;
  static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  /// OpenAI's code of accounts without credit, which it answers with 429 as well.
  static final String NO_CREDIT = "insufficient_quota";

  private static final List<Integer> WORTH_ANOTHER_TRY = List.of(408, 409, 425);
  private static final int LONGEST_REASON = 300;

  private HttpStatus() {}

  /// @param code the server's own word for what is wrong; empty where it has none
  static ChatOutcome outcome(
      int status,
      String code,
      @SuppressWarnings("OptionalUsedAsFieldOrParameterType") Optional<Duration> retryAfter,
      String reason) {
    if (status == TOO_MANY_REQUESTS && !code.equals(NO_CREDIT)) {
      return new ChatOutcome.Throttled(retryAfter, reason);
    }
    if (status >= SERVER_ERROR || WORTH_ANOTHER_TRY.contains(status)) {
      return new ChatOutcome.ServerFailed(status, reason);
    }
    return new ChatOutcome.Denied(status, reason);
  }

  /// A failure's message on one line of readable length.
  static String line(Throwable problem) {
    return line(String.valueOf(problem.getMessage()));
  }

  /// On one line of readable length.
  static String line(String message) {
    String line = message.replaceAll("\\s+", " ");
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
  }
}
