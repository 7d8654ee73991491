package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;

/// The run was asked to stop.
public final class StoppedException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  public StoppedException() {
    super("stopped; every answer is recorded, and the same command goes on");
  }

  /// @param batches that the server goes on with
  StoppedException(int batches) {
    super(
        "stopped; %s at the server, and the same command takes the answers"
            .formatted(batches == 1 ? "a batch goes on" : batches + " batches go on"));
  }
}
