package io.alidade.synth.ledger;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/// Spaces calls so that no minute holds more requests or tokens than allowed, and keeps away from a
/// server while it asks for that.
final class RateLimit {
  private static final double NANOS_PER_MINUTE = 60e9;

  private final Pause pause;
  private final double nanosPerRequest;
  private final double nanosPerToken;

  @GuardedBy("this")
  private long nextRequest;

  @GuardedBy("this")
  private long nextTokens;

  @GuardedBy("this")
  private long closedUntil;

  RateLimit(BudgetConfig config, Pause pause) {
    this.pause = pause;
    this.nanosPerRequest = perUnit(config.requestsPerMinute());
    this.nanosPerToken = perUnit(config.tokensPerMinute());
    long now = pause.nanoTime();
    nextRequest = now;
    nextTokens = now;
    closedUntil = now;
  }

  /// Waits until a call of so many tokens may be sent.
  void await(long tokens) {
    pause.sleep(Duration.ofNanos(book(tokens)));
    for (long wait = closedFor(); wait > 0; wait = closedFor()) {
      pause.sleep(Duration.ofNanos(wait));
    }
  }

  /// Puts right what a call was taken to need.
  synchronized void correct(long expected, long actual) {
    nextTokens += Math.round((actual - expected) * nanosPerToken);
  }

  /// Lets no call begin for so long.
  synchronized void close(Duration time) {
    closedUntil = Math.max(closedUntil, pause.nanoTime() + time.toNanos());
  }

  private synchronized long book(long tokens) {
    long now = pause.nanoTime();
    long start = Math.max(now, Math.max(nextRequest, nextTokens));
    nextRequest = start + Math.round(nanosPerRequest);
    nextTokens = start + Math.round(tokens * nanosPerToken);
    return start - now;
  }

  private synchronized long closedFor() {
    return closedUntil - pause.nanoTime();
  }

  private static double perUnit(int unitsPerMinute) {
    return unitsPerMinute == 0 ? 0 : NANOS_PER_MINUTE / unitsPerMinute;
  }
}
