package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Models of the Hugging Face hub, in the cache that its own tools share. A model that is there
/// whole is used without asking the hub.
final class Hub {
  /// Asked for to learn at which commit a revision is: every model has one of them.
  private static final List<String> LANDMARKS = List.of("config.json", "adapter_config.json");

  private final HubSettings settings;
  private final HubClient client;
  private final HubDownload download;

  /// @param progress told of downloads, in bytes
  Hub(HubSettings settings, Progress progress) {
    this.settings = settings;
    this.client = new HubClient(settings);
    this.download = new HubDownload(client, progress);
  }

  /// A model's files at one commit.
  record Snapshot(Path folder, String commit) {}

  /// The model's files, downloaded if they are not in the cache.
  ///
  /// @throws AlidadeException with the reason if they cannot be had
  Snapshot fetch(HubName model) {
    var cache = new HubCache(settings.cache(), model.name());
    try {
      Optional<Snapshot> cached =
          cache.commit(model.revision()).map(c -> new Snapshot(cache.snapshot(c), c));
      if (cached.isPresent() && isWhole(cache, model, cached.get())) {
        return cached.get();
      }
      if (settings.offline()) {
        throw new AlidadeException(
            "%s is not in the cache %s, and HF_HUB_OFFLINE is set"
                .formatted(model, settings.cache()));
      }
      return download(cache, model);
    } catch (IOException e) {
      throw new AlidadeException(
          "%s could not be fetched from %s: %s"
              .formatted(model, settings.endpoint(), e.getMessage()),
          e);
    }
  }

  /// Whether every file is there, or known not to exist. Offline, a file that other tools may just
  /// not have asked for counts as one that does not exist.
  private boolean isWhole(HubCache cache, HubName model, Snapshot snapshot) throws IOException {
    var unknown = new ArrayList<String>();
    RepositoryFiles.Source source =
        path -> {
          if (cache.has(snapshot.commit(), path)) {
            return true;
          }
          if (!cache.lacks(snapshot.commit(), path)) {
            unknown.add(path);
          }
          return false;
        };
    try {
      new RepositoryFiles(model.name(), snapshot.folder(), source).gather();
      return unknown.isEmpty() || settings.offline();
    } catch (RepositoryFiles.MissingFileException _) {
      return false;
    }
  }

  private Snapshot download(HubCache cache, HubName model) throws IOException {
    // All files are asked for at one commit, as the branch may move meanwhile.
    String commit = commit(model);
    HubName pinned = model.at(commit);
    Path folder = cache.snapshot(commit);
    new RepositoryFiles(model.name(), folder, path -> fetch(cache, pinned, path)).gather();
    cache.remember(model.revision(), commit);
    return new Snapshot(folder, commit);
  }

  private String commit(HubName model) throws IOException {
    for (String path : LANDMARKS) {
      Optional<HubClient.RemoteFile> file = client.describe(model, path);
      if (file.isPresent()) {
        return file.get().commit();
      }
    }
    throw new RepositoryFiles.MissingFileException(model.name(), LANDMARKS.getFirst());
  }

  private boolean fetch(HubCache cache, HubName pinned, String path) throws IOException {
    String commit = pinned.revision();
    if (cache.has(commit, path)) {
      return true;
    }
    Optional<HubClient.RemoteFile> file = client.describe(pinned, path);
    if (file.isPresent()) {
      download.fetch(cache, file.get(), path);
      cache.link(commit, path, file.get().etag());
    } else {
      cache.rememberLack(commit, path);
    }
    return file.isPresent();
  }
}
