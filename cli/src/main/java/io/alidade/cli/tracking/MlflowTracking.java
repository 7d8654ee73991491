package io.alidade.cli.tracking;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// Sends a run to MLflow from a thread of its own, which reads what the training writes and which
/// the training never waits for.
///
/// While the server does not answer, nothing is lost: what has not been sent stays in the run's
/// logs, and is sent when the server answers again, or by the same command later. People are told
/// once.
public final class MlflowTracking implements Tracking {
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /// How patient it is.
  ///
  /// @param pause between two looks at the logs; while the server does not answer up to a minute
  /// @param last how long the end may take
  public record Patience(Duration pause, Duration last) {
    public static Patience usual() {
      return new Patience(Duration.ofSeconds(5), Duration.ofSeconds(20));
    }
  }

  private final MlflowRun run;
  private final MlflowServer server;
  private final Patience patience;
  private final Consumer<String> notes;
  private final AtomicBoolean started = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CountDownLatch gone = new CountDownLatch(1);
  private volatile Optional<Ending> ending = Optional.empty();
  private volatile boolean refused;
  private boolean told;

  MlflowTracking(MlflowRun run, MlflowServer server, Patience patience, Consumer<String> notes) {
    this.run = run;
    this.server = server;
    this.patience = patience;
    this.notes = notes;
  }

  @Override
  public Progress watch(Progress progress) {
    return (done, total, detail) -> {
      start();
      progress.update(done, total, detail);
    };
  }

  private void start() {
    if (started.compareAndSet(false, true)) {
      Thread.ofPlatform().daemon().name("mlflow").start(this::follow);
    }
  }

  @Override
  public void end(Ending how) {
    ending = Optional.of(how);
    start();
    ended.countDown();
    try {
      if (!gone.await(patience.last.toMillis(), TimeUnit.MILLISECONDS)) {
        tell("%s is slow".formatted(server.address()));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    ended.countDown();
    server.close();
  }

  private void follow() {
    try {
      Duration pause = patience.pause;
      while (!pausedUntilEnd(pause)) {
        boolean sent = attempt(run::send);
        Duration longer = pause.multipliedBy(2);
        pause =
            sent ? patience.pause : longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
      }
      ending.ifPresent(how -> attempt(() -> run.end(how)));
    } catch (InterruptedException _) {
      // The process ends; the logs have it all.
    } finally {
      gone.countDown();
    }
  }

  private boolean pausedUntilEnd(Duration pause) throws InterruptedException {
    return ended.await(pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Nothing that goes wrong here is the training's business.
  private boolean attempt(Runnable request) {
    if (refused) {
      return false;
    }
    try {
      request.run();
      return true;
    } catch (MlflowException e) {
      refused = e.lasting();
      tell(String.valueOf(e.getMessage()));
    } catch (AlidadeException | UncheckedIOException e) {
      refused = true;
      tell(String.valueOf(e.getMessage()));
    }
    return false;
  }

  private synchronized void tell(String problem) {
    if (!told) {
      told = true;
      notes.accept(
          refused
              ? "mlflow: %s; training goes on, and nothing more is sent".formatted(problem)
              : ("mlflow: %s; training goes on, and what is missing is sent when it answers, or by"
                      + " the same command later")
                  .formatted(problem));
    }
  }
}
