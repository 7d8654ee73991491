package io.alidade.synth;

import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AtomicFiles;
import io.alidade.core.WriteFailure;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// A file of lines that is written aside and takes its place when it is closed. A killed process
/// leaves the old one. So does one that ends early, if the old one is longer: both are beginnings
/// of the same file.
final class OutputFile implements AutoCloseable {
  private final Path file;
  private final Path partial;
  private final BufferedWriter out;
  private boolean whole;
  private boolean broken;

  private OutputFile(Path file, Path partial, BufferedWriter out) {
    this.file = file;
    this.partial = partial;
    this.out = out;
  }

  @MustBeClosed
  static OutputFile create(Path file) {
    Path partial = file.resolveSibling(file.getFileName() + AtomicFiles.PARTIAL_SUFFIX);
    try {
      return new OutputFile(
          file, partial, Files.newBufferedWriter(partial, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }

  void line(String line) {
    try {
      out.write(line);
      out.write('\n');
    } catch (IOException e) {
      broken = true;
      throw WriteFailure.of(file, e);
    }
  }

  /// Says that no line is missing.
  void finish() {
    whole = true;
  }

  @Override
  public void close() {
    try {
      out.close();
      boolean longer = !Files.exists(file) || Files.size(partial) >= Files.size(file);
      if (!broken && (whole || longer)) {
        Files.move(
            partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.delete(partial);
      }
    } catch (IOException e) {
      throw WriteFailure.of(file, e);
    }
  }
}
