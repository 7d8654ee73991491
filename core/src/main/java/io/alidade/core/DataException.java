package io.alidade.core;

import java.nio.file.Path;

/// A file whose content is not what its format demands: names the file, and the line or key.
public class DataException extends AlidadeException {
  private static final long serialVersionUID = 1L;

  public DataException(Path file, String problem) {
    super(file + ": " + problem);
  }

  public DataException(Path file, long line, String problem) {
    super(file + ":" + line + ": " + problem);
  }

  public DataException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
