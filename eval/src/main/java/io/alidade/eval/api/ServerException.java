package io.alidade.eval.api;

import io.alidade.core.AlidadeException;

/// A server that could not be asked, or answered something else than what was asked for.
public final class ServerException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  private static final int CLIENT_ERRORS = 400;
  private static final int SERVER_ERRORS = 500;

  private final int status;

  /// A refusal or a wrong answer.
  ///
  /// @param status the HTTP status; 0 where there was none
  public ServerException(int status, String message) {
    super(message);
    this.status = status;
  }

  /// A failure underneath.
  ///
  /// @param status the HTTP status; 0 where there was none
  public ServerException(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  public int status() {
    return status;
  }

  /// Whether the server was reached and refused this request for what was in it, such as a text
  /// beyond its limit. llama.cpp calls that an error of its own.
  public boolean refusedInput() {
    return status == CLIENT_ERRORS || status == 413 || status == 422 || status == SERVER_ERRORS;
  }
}
