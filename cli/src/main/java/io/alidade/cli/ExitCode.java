package io.alidade.cli;

/// What the process's exit says to scripts.
public final class ExitCode {
  public static final int DONE = 0;
  public static final int FAILED = 1;
  public static final int WRONG_USAGE = 2;
  public static final int GATE_NOT_MET = 3;

  private ExitCode() {}
}
