package io.alidade.core;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/// Waits for work on another thread.
public final class Awaited {
  private Awaited() {}

  /// What the work gives; it fails here as it failed there.
  ///
  /// @param what is waited for, in a few words, such as `a check was under way`
  /// @throws AlidadeException if the waiting thread is interrupted
  public static <T> T value(Future<T> work, String what) {
    try {
      return work.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AlidadeException("interrupted while " + what, e);
    }
  }
}
