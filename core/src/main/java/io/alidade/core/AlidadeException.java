package io.alidade.core;

/// The root of the errors that are meant for people: the message is one sentence that names the
/// file, key, line or shape, what was found, and what is allowed or how to go on. The command line
/// prints it without a stack trace.
public class AlidadeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public AlidadeException(String message) {
    super(message);
  }

  public AlidadeException(String message, Throwable cause) {
    super(message, cause);
  }
}
