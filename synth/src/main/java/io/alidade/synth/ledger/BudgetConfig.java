package io.alidade.synth.ledger;

import java.time.Duration;

/// What calls may cost and how fast they may come.
///
/// @param usd the cap, which is never passed; left out there is none
/// @param concurrency calls under way at a time
/// @param requestsPerMinute 0 for no limit
/// @param tokensPerMinute prompts and answers together, 0 for no limit
/// @param attempts how often a call is made until it is given up
/// @param backoffSeconds wait after the first failure where the server names none; doubles with
///   each
/// @param rejectionsInARow answers refused one after the other until the run stops; 0 for no end
public record BudgetConfig(
    double usd,
    int concurrency,
    int requestsPerMinute,
    int tokensPerMinute,
    int attempts,
    double backoffSeconds,
    int rejectionsInARow) {
  /// No cap.
  public static final double UNLIMITED = Double.POSITIVE_INFINITY;

  private static final double LONGEST_BACKOFF_SECONDS = 60;

  public BudgetConfig {
    check(usd >= 0, "usd must not be negative, is " + usd);
    check(concurrency >= 1, "concurrency must be at least 1, is " + concurrency);
    check(requestsPerMinute >= 0, "requestsPerMinute must not be negative");
    check(tokensPerMinute >= 0, "tokensPerMinute must not be negative");
    check(attempts >= 1, "attempts must be at least 1, is " + attempts);
    check(backoffSeconds >= 0, "backoffSeconds must not be negative, is " + backoffSeconds);
    check(rejectionsInARow >= 0, "rejectionsInARow must not be negative, is " + rejectionsInARow);
  }

  public static BudgetConfig defaults() {
    return new BudgetConfig(UNLIMITED, 8, 0, 0, 8, 1, 500);
  }

  public boolean capped() {
    return usd < UNLIMITED;
  }

  /// The wait after so many failures before, where the server names none.
  Duration backOff(int failures) {
    double seconds = Math.min(backoffSeconds * Math.pow(2, failures), LONGEST_BACKOFF_SECONDS);
    return Duration.ofNanos((long) (seconds * 1e9));
  }

  private static void check(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
