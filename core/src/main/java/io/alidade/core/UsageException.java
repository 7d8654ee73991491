package io.alidade.core;

/// A wrong option, recipe key or combination of them: the caller must change the command (exit code
/// 2).
public class UsageException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  public UsageException(String message) {
    super(message);
  }
}
