package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/// The user's own pip, with the user's own configuration: index, proxy and credentials are its
/// affair.
final class Pip {
  private static final long POLL_MILLIS = 500;

  private final List<String> command;

  private Pip(List<String> command) {
    this.command = command;
  }

  /// Looks for `pip`, `pip3`, or a Python that has it, in the folders of a search path.
  static Optional<Pip> find(List<Path> searchPath) {
    for (String name : List.of("pip", "pip3")) {
      var found = executable(searchPath, name);
      if (found.isPresent()) {
        return Optional.of(new Pip(List.of(found.get().toString())));
      }
    }
    for (String name : List.of("python3", "python")) {
      var found = executable(searchPath, name);
      if (found.isPresent() && hasPip(found.get())) {
        return Optional.of(new Pip(List.of(found.get().toString(), "-m", "pip")));
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> executable(List<Path> searchPath, String name) {
    return searchPath.stream()
        .map(folder -> folder.resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst();
  }

  private static boolean hasPip(Path python) {
    try {
      return new ProcessBuilder(python.toString(), "-m", "pip", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Downloads a requirement's file, without what it depends on.
  ///
  /// @param folder an empty folder for the file and pip's own temporary files
  /// @param downloaded told now and then how many bytes there are
  /// @throws AlidadeException with pip's own reason if it fails
  void download(String requirement, Path folder, LongConsumer downloaded) {
    var arguments = new ArrayList<>(command);
    arguments.addAll(List.of("download", "--no-deps", "--no-input", "--disable-pip-version-check"));
    arguments.addAll(List.of("--quiet", "--retries", "2", "--dest", folder.toString()));
    arguments.add(requirement);
    Path log = folder.resolve("pip.log");
    var builder = new ProcessBuilder(arguments).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    // Here its unfinished files can be measured, and are removed with the folder.
    builder.environment().put("TMPDIR", folder.toString());
    try {
      int exitCode = run(builder, folder, downloaded);
      if (exitCode != 0) {
        throw new AlidadeException(
            "%s download %s failed: %s"
                .formatted(String.join(" ", command), requirement, reason(log, exitCode)));
      }
    } catch (IOException e) {
      throw new AlidadeException(
          "%s cannot be run: %s".formatted(command.getFirst(), e.getMessage()), e);
    }
  }

  private static int run(ProcessBuilder builder, Path folder, LongConsumer downloaded)
      throws IOException {
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        downloaded.accept(bytesIn(folder));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AlidadeException("interrupted while pip was downloading", e);
    } finally {
      process.destroy();
    }
  }

  /// Pip moves and deletes files meanwhile, so what cannot be read counts nothing.
  private static long bytesIn(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.mapToLong(file -> file.toFile().isFile() ? file.toFile().length() : 0).sum();
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }

  /// The last line that pip calls an error, or else its last line.
  private static String reason(Path log, int exitCode) throws IOException {
    String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.reversed().stream()
        .filter(line -> line.startsWith("ERROR:"))
        .map(line -> line.substring("ERROR:".length()).strip())
        .findFirst()
        .orElse(lines.isEmpty() ? "exit code " + exitCode : lines.getLast().strip());
  }
}
