package io.alidade.synth.sampling;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/// Counts the candidates that ask about a passage, so that the passages come in their order.
/// Remembers sums it has counted; threads may share it.
final class PassageTurns {
  private static final int STEP = 256;

  private final LongPredicate asking;

  /// How many ask before the candidate `i * STEP`.
  @GuardedBy("this")
  private final List<Long> before = new ArrayList<>(List.of(0L));

  /// @param asking whether the candidate of that number asks about a passage
  PassageTurns(LongPredicate asking) {
    this.asking = asking;
  }

  /// How many candidates before that one ask about a passage.
  synchronized long before(long index) {
    int step = (int) (index / STEP);
    while (before.size() <= step) {
      long start = (before.size() - 1L) * STEP;
      before.add(before.getLast() + count(start, start + STEP));
    }
    return before.get(step) + count((long) step * STEP, index);
  }

  private long count(long from, long to) {
    long count = 0;
    for (long index = from; index < to; index++) {
      count += asking.test(index) ? 1 : 0;
    }
    return count;
  }
}
