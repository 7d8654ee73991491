package io.alidade.synth;

import io.alidade.synth.CandidateWork.Judged;
import io.alidade.synth.filter.Verdict;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// The candidates that are worked on, in their order. No more are begun than examples are missing,
/// not counting those that are refused already, so that no answer is bought in vain.
final class Window {
  private final CandidateWork work;
  private final int most;
  private final ArrayDeque<CompletableFuture<Judged>> begun = new ArrayDeque<>();
  private final AtomicInteger refused = new AtomicInteger();
  private long next;

  /// @param most candidates at a time
  Window(CandidateWork work, int most) {
    this.work = work;
    this.most = most;
  }

  /// Begins as many as may still be needed.
  void fill(int missing) {
    while (begun.size() < most && begun.size() - refused.get() < missing) {
      begin(next++);
    }
  }

  /// The work on the first.
  Future<Judged> first() {
    return begun.element();
  }

  /// Takes the first, whose work must be done.
  Judged take() {
    try {
      Judged judged = begun.remove().join();
      if (isRefused(judged)) {
        refused.decrementAndGet();
      }
      return judged;
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException known ? known : e;
    }
  }

  private void begin(long index) {
    begun.add(
        work.judge(index)
            .thenApply(
                judged -> {
                  if (isRefused(judged)) {
                    refused.incrementAndGet();
                  }
                  return judged;
                }));
  }

  private static boolean isRefused(Judged judged) {
    return judged.verdict() instanceof Verdict.Rejected;
  }
}
