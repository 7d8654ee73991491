package io.alidade.core;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file that could not be written, in a sentence that says what to do.
public final class WriteFailure extends AlidadeException {
  private static final long serialVersionUID = 1L;

  private static final String A_FILE =
      "a file stands where a folder is needed; choose another place";

  private WriteFailure(String message, IOException cause) {
    super(message, cause);
  }

  /// What the operating system's error means for the person who ran the command.
  public static WriteFailure of(Path file, IOException cause) {
    return new WriteFailure("cannot write " + file + ": " + reason(cause), cause);
  }

  private static String reason(IOException cause) {
    String message = String.valueOf(cause.getMessage());
    if (message.contains("No space left") || message.contains("not enough space")) {
      return "the disk is full; free some space and run the same command again";
    }
    if (message.contains("quota exceeded")) {
      return "the disk quota is used up; free some space and run the same command again";
    }
    if (message.contains("Read-only file system")) {
      return "the file system is read-only; choose another folder";
    }
    if (message.contains("Not a directory")) {
      return A_FILE;
    }
    return switch (cause) {
      case FileAlreadyExistsException _ -> A_FILE;
      case NoSuchFileException _ -> "the folder it belongs into does not exist";
      case AccessDeniedException _ -> "access is denied; choose another folder";
      case FileSystemException system when system.getReason() != null -> system.getReason();
      default -> message;
    };
  }
}
