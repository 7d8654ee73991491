package io.alidade.cli;

import io.alidade.train.StopSignal;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and other requests to end: the command is asked to stop, and the process stays long
/// enough for it to write what it has.
public final class Interruption implements StopSignal {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean requested;

  /// Listens for the end of the process from now on.
  static Interruption ofProcess() {
    var interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(new Thread(interruption::stop, "interruption"));
    return interruption;
  }

  @Override
  public boolean stopRequested() {
    return requested;
  }

  /// Said by the command when it is over; the process may end.
  void commandEnded() {
    ended.countDown();
  }

  /// Asks the command to stop and waits for it.
  void stop() {
    if (ended.getCount() == 0) {
      return;
    }
    requested = true;
    try {
      boolean _ = ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
