package io.alidade.core.manifest;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import com.google.errorprone.annotations.MustBeClosed;
import io.alidade.core.AtomicFiles;
import io.alidade.core.DataException;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.RecipeDifference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A stage's output folder while one process writes it. Opening it locks it, and continues an
/// earlier run only where that was the same one: same stage, same resolved recipe, same inputs.
///
/// A run that ended before it left anything but its manifest, such as one whose data was refused,
/// is none to be continued: the folder is free for any other.
public final class RunFolder implements AutoCloseable {
  private final Path folder;
  private final FolderLock lock;
  private final boolean resumed;
  private Manifest manifest;

  private RunFolder(Path folder, FolderLock lock, Manifest manifest, boolean resumed) {
    this.folder = folder;
    this.lock = lock;
    this.manifest = manifest;
    this.resumed = resumed;
  }

  /// Opens the folder for the planned work and writes its manifest if there is none.
  ///
  /// @throws UsageException if it holds other work, with the keys that differ
  /// @throws io.alidade.core.AlidadeException if another process writes it
  @MustBeClosed
  public static RunFolder open(Path folder, Manifest planned) {
    return open(folder, planned, Set.of());
  }

  /// Opens the folder for work of which some settings may change from process to process, such as a
  /// budget. Where one has changed the run counts as unfinished.
  ///
  /// @param free keys by their dotted path, each with all keys under it
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the folder returned owns the lock and closes it
  public static RunFolder open(Path folder, Manifest planned, Set<String> free) {
    FolderLock lock = FolderLock.acquire(folder);
    try {
      Optional<Manifest> begun = begun(folder);
      if (begun.isEmpty()) {
        planned.write(folder);
        return new RunFolder(folder, lock, planned, false);
      }
      Manifest earlier = begun.get();
      checkSame(folder, earlier, planned, free);
      if (RecipeDifference.between(earlier.recipe(), planned.recipe()).isEmpty()) {
        return new RunFolder(folder, lock, earlier, true);
      }
      Manifest changed = planned.startedWith(earlier);
      changed.write(folder);
      return new RunFolder(folder, lock, changed, true);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// The file or folder of that name in the run's folder.
  public Path resolve(String name) {
    return folder.resolve(name);
  }

  public Manifest manifest() {
    return manifest;
  }

  /// Whether an earlier process began this work.
  public boolean resumed() {
    return resumed;
  }

  /// Whether the work was done already when the folder was opened, or has been finished since.
  public boolean complete() {
    return manifest.complete();
  }

  /// Writes the manifest of finished work.
  public void finish(Map<String, Long> counts) {
    manifest = manifest.finish(counts);
    manifest.write(folder);
  }

  @Override
  public void close() {
    lock.close();
  }

  /// What the folder says of the work in it, if there is some.
  private static Optional<Manifest> begun(Path folder) {
    if (!Files.exists(folder.resolve(Manifest.FILE_NAME))) {
      return Optional.empty();
    }
    Manifest earlier = Manifest.read(folder);
    return earlier.complete() || holdsWork(folder) ? Optional.of(earlier) : Optional.empty();
  }

  private static boolean holdsWork(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(
              name ->
                  !name.equals(Manifest.FILE_NAME)
                      && !name.equals(FolderLock.FILE_NAME)
                      && !name.endsWith(AtomicFiles.PARTIAL_SUFFIX));
    } catch (IOException e) {
      throw new DataException(folder, "cannot be listed: " + e.getMessage(), e);
    }
  }

  private static void checkSame(Path folder, Manifest earlier, Manifest planned, Set<String> free) {
    if (!earlier.stage().equals(planned.stage())) {
      throw refusal(folder, "holds a run of \"%s\", not \"%s\"", earlier.stage(), planned.stage());
    }
    List<RecipeDifference> differences =
        RecipeDifference.between(earlier.recipe(), planned.recipe()).stream()
            .filter(difference -> free.stream().noneMatch(key -> covers(key, difference.key())))
            .toList();
    if (!differences.isEmpty()) {
      throw refusal(
          folder, "holds a run with another recipe: %s", RecipeDifference.summary(differences));
    }
    if (!hashes(earlier).equals(hashes(planned))) {
      throw refusal(folder, "holds a run on other inputs: %s", changed(earlier, planned));
    }
  }

  private static boolean covers(String key, String changed) {
    return changed.equals(key) || changed.startsWith(key + ".");
  }

  @FormatMethod
  private static UsageException refusal(
      Path folder, @FormatString String problem, Object... arguments) {
    return new UsageException(
        folder
            + " "
            + problem.formatted(arguments)
            + "; choose another --out, or delete the folder to start afresh");
  }

  private static List<String> hashes(Manifest manifest) {
    return manifest.inputs().stream().map(input -> input.role() + input.sha256()).toList();
  }

  private static String changed(Manifest earlier, Manifest planned) {
    List<String> known = hashes(earlier);
    return planned.inputs().stream()
        .filter(input -> !known.contains(input.role() + input.sha256()))
        .map(input -> "%s (%s) has changed since".formatted(input.path(), input.role()))
        .collect(Collectors.joining(", "));
  }
}
