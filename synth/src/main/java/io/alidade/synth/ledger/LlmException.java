package io.alidade.synth.ledger;

import io.alidade.core.AlidadeException;

/// A server that will not or cannot answer, so that going on makes no sense.
public final class LlmException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  LlmException(String message) {
    super(message);
  }
}
