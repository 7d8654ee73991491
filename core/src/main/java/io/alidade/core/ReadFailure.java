package io.alidade.core;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file that could not be read, in a sentence that says why.
public final class ReadFailure extends DataException {
  private static final long serialVersionUID = 1L;

  private ReadFailure(Path file, String problem, IOException cause) {
    super(file, problem, cause);
  }

  /// What the operating system's error means for the person who named the file.
  public static ReadFailure of(Path file, IOException cause) {
    return new ReadFailure(file, reason(file, cause), cause);
  }

  private static String reason(Path file, IOException cause) {
    if (Files.isDirectory(file)) {
      return "is a folder; a file is needed";
    }
    return switch (cause) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "access is denied; make it readable for this user";
      case CharacterCodingException _ -> "is not UTF-8; convert it to UTF-8";
      default -> "cannot be read: " + cause.getMessage();
    };
  }
}
