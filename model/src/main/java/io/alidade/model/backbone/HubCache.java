package io.alidade.model.backbone;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.alidade.core.AtomicFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// One model's folder in the cache that all of the hub's tools share:
///
/// ```
/// models--ORG--NAME/blobs/ETAG               a file's content; ETAG.incomplete while it arrives
/// models--ORG--NAME/refs/REVISION            the commit that a branch was at
/// models--ORG--NAME/snapshots/COMMIT/PATH    a link to the content
/// models--ORG--NAME/.no_exist/COMMIT/PATH    an empty file: the commit has none of that path
/// .locks/models--ORG--NAME/ETAG.lock
/// ```
final class HubCache {
  private final Path model;
  private final Path locks;

  HubCache(Path cache, String name) {
    String folder = "models--" + name.replace("/", "--");
    this.model = cache.resolve(folder);
    this.locks = cache.resolve(".locks").resolve(folder);
  }

  /// The commit that a revision was at when it was last asked for; a commit is its own.
  Optional<String> commit(String revision) throws IOException {
    Path ref = model.resolve("refs").resolve(revision);
    if (Files.isDirectory(snapshot(revision))) {
      return Optional.of(revision);
    }
    return Files.isRegularFile(ref)
        ? Optional.of(Files.readString(ref).strip())
            .filter(commit -> commit.matches("[0-9a-f]{40}"))
        : Optional.empty();
  }

  void remember(String revision, String commit) {
    if (!revision.equals(commit)) {
      Path ref = model.resolve("refs").resolve(revision);
      AtomicFiles.write(ref, out -> out.write(commit.getBytes(UTF_8)));
    }
  }

  Path snapshot(String commit) {
    return model.resolve("snapshots").resolve(commit);
  }

  boolean has(String commit, String path) {
    return Files.exists(snapshot(commit).resolve(path));
  }

  /// Whether the commit is known not to have the file.
  boolean lacks(String commit, String path) {
    return Files.exists(lack(commit, path));
  }

  void rememberLack(String commit, String path) {
    AtomicFiles.write(lack(commit, path), _ -> {});
  }

  private Path lack(String commit, String path) {
    return model.resolve(".no_exist").resolve(commit).resolve(path);
  }

  Path blob(String etag) {
    return model.resolve("blobs").resolve(etag);
  }

  Path incomplete(String etag) {
    return model.resolve("blobs").resolve(etag + ".incomplete");
  }

  /// Makes a file of a snapshot point at its content; where links are not to be had, a copy.
  void link(String commit, String path, String etag) throws IOException {
    Path file = snapshot(commit).resolve(path);
    Path folder = file.resolveSibling("");
    if (Files.exists(file)) {
      return;
    }
    Files.createDirectories(folder);
    Files.deleteIfExists(file);
    Path target = folder.relativize(blob(etag));
    try {
      Files.createSymbolicLink(file, target);
    } catch (FileAlreadyExistsException e) {
      // Another process was quicker.
    } catch (UnsupportedOperationException | IOException e) {
      Files.copy(blob(etag), file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /// Held while one process downloads a file.
  record Lock(FileChannel channel, FileLock lock) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  Lock lock(String etag) throws IOException {
    Files.createDirectories(locks);
    Files.createDirectories(model.resolve("blobs"));
    FileChannel channel =
        FileChannel.open(
            locks.resolve(etag + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return new Lock(channel, channel.lock());
  }
}
