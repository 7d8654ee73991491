package io.alidade.eval;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// Runs numbered pieces of work on a few plain threads. Each piece writes its own slot of a result,
/// so that no outcome hangs on the order they run in.
public final class Parallel {
  private Parallel() {}

  /// Runs `work` for 0 … count − 1 and returns when all are done. The first failure is thrown here.
  public static void forEach(int count, int threads, IntConsumer work) {
    var next = new AtomicInteger();
    var failure = new AtomicReference<@Nullable RuntimeException>();
    Runnable worker =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            try {
              work.accept(i);
            } catch (RuntimeException e) {
              failure.compareAndSet(null, e);
              next.set(count);
            }
          }
        };
    var helpers = new ArrayList<Thread>();
    for (int t = 1; t < Math.min(threads, count); t++) {
      helpers.add(Thread.ofPlatform().name("evaluate-" + t).start(worker));
    }
    worker.run();
    helpers.forEach(Parallel::join);
    RuntimeException thrown = failure.get();
    if (thrown != null) {
      throw thrown;
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while others were computing", e);
    }
  }
}
