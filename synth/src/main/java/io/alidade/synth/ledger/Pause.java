package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Waits between calls, which end early when the run is asked to stop.
public interface Pause {

  /// Waits so long.
  ///
  /// @throws StoppedException when the run is asked to stop
  void sleep(Duration time);

  /// Nanoseconds of a clock that such waits move on.
  long nanoTime();

  /// Real time.
  final class Real implements Pause {
    private final CountDownLatch stop = new CountDownLatch(1);

    /// Ends all waits, now and later.
    public void stop() {
      stop.countDown();
    }

    @Override
    public void sleep(Duration time) {
      try {
        if (stop.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new StoppedException();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AlidadeException("interrupted while waiting for a server", e);
      }
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }
  }
}
