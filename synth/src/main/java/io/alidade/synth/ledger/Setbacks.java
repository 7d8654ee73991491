package io.alidade.synth.ledger;

import io.alidade.synth.llm.LlmConfig;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts calls that were given up one after the other, so that a run ends when its servers give no
/// answers any more. Threads may share it.
final class Setbacks {
  /// Given up with no success between, until the run stops.
  private static final int MOST_IN_A_ROW = 3;

  private final int attempts;
  private final AtomicInteger inARow = new AtomicInteger();

  /// @param attempts how often each call is made
  Setbacks(int attempts) {
    this.attempts = attempts;
  }

  void answered() {
    inARow.set(0);
  }

  /// A call was made as often as allowed and came to nothing.
  ///
  /// @throws LlmException if so did those before it
  void givenUp(LlmConfig llm, String reason) {
    if (inARow.incrementAndGet() >= MOST_IN_A_ROW) {
      throw new LlmException(
          "%s gives no answers: %d calls in a row failed %d times each, the last with \"%s\"; nothing"
                  .formatted(llm.label(), MOST_IN_A_ROW, attempts, reason)
              + " is lost, and the same command goes on");
    }
  }
}
