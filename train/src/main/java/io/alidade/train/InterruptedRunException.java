package io.alidade.train;

import io.alidade.core.AlidadeException;

/// The run was asked to stop and has written a checkpoint; the same command continues it.
public final class InterruptedRunException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  InterruptedRunException(int step, int steps) {
    super(
        "stopped after step %d of %d with a checkpoint; the same command continues there"
            .formatted(step, steps));
  }
}
