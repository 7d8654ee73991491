package io.alidade.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// The platform threads that do numeric work, one a core.
///
/// Work is cut into independent parts, and each part's operations run on one thread from beginning
/// to end (`docs/decisions/0005-threads-over-parts.md`): no barrier after every operation, each
/// core's cache holds its own part, and a core that is busy otherwise delays its part only.
public final class ComputeThreads {
  private static final class Holder {
    static final ExecutorService POOL =
        Executors.newFixedThreadPool(count(), new Numbered("alidade-compute-"));
  }

  /// Daemon threads, so that an idle pool does not keep the process alive.
  private record Numbered(String prefix, AtomicInteger next)
      implements java.util.concurrent.ThreadFactory {
    Numbered(String prefix) {
      this(prefix, new AtomicInteger());
    }

    @Override
    public Thread newThread(Runnable work) {
      return Thread.ofPlatform().daemon().name(prefix + next.getAndIncrement()).unstarted(work);
    }
  }

  private ComputeThreads() {}

  /// How many parts can run at the same time.
  public static int count() {
    return LibTorch.setup().threads();
  }

  /// Runs the parts, at most [#count] at a time, and gives their results in order. Parts that wait
  /// for each other must not be more than that. The first failure is thrown once all have ended.
  public static <T> List<T> run(List<? extends Callable<T>> parts) {
    var futures = new ArrayList<Future<T>>();
    parts.forEach(part -> futures.add(Holder.POOL.submit(part)));
    var results = new ArrayList<T>();
    RuntimeException failure = null;
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        RuntimeException next = unwrapped(e);
        failure = failure == null ? next : failure;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        futures.forEach(running -> running.cancel(true));
        throw new IllegalStateException("interrupted while computing", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  private static RuntimeException unwrapped(ExecutionException e) {
    return switch (e.getCause()) {
      case RuntimeException runtime -> runtime;
      case Error error -> throw error;
      case null, default -> new IllegalStateException(e);
    };
  }
}
