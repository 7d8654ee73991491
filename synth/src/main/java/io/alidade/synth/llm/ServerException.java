package io.alidade.synth.llm;

import io.alidade.core.AlidadeException;

/// A server that did not do what it was asked to do with a batch.
public final class ServerException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  private final transient ChatOutcome problem;

  ServerException(ChatOutcome problem, String message, Throwable cause) {
    super(message, cause);
    this.problem = problem;
  }

  /// A [ChatOutcome.Retriable] or [ChatOutcome.Denied], as for a call.
  public ChatOutcome problem() {
    return problem;
  }
}
