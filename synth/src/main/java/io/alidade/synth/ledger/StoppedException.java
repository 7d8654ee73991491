package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;

/// The run was asked to stop.
public final class StoppedException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  public StoppedException() {
    super("stopped; every answer is recorded, and the same command goes on");
  }
}
