package io.alidade.cli.tracking;

import io.alidade.core.AlidadeException;

/// A request that the server did not carry out.
final class MlflowException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  private final boolean lasting;

  /// @param lasting whether the same request would fail again
  MlflowException(String message, boolean lasting) {
    super(message);
    this.lasting = lasting;
  }

  boolean lasting() {
    return lasting;
  }
}
