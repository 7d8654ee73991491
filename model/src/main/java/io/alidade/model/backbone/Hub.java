package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.core.Progress;
import io.alidade.model.config.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Models of the Hugging Face hub, in the cache that its own tools share. A model that is there
/// whole is used without asking the hub.
final class Hub {
  private static final String WEIGHTS = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";
  private static final List<String> REQUIRED = List.of("config.json", "tokenizer.json");
  private static final List<String> OPTIONAL =
      List.of("tokenizer_config.json", "special_tokens_map.json");

  private final HubSettings settings;
  private final HubClient client;
  private final HubDownload download;

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
  Snapshot fetch(String name, String revision) {
    var cache = new HubCache(settings.cache(), name);
    try {
      Optional<Snapshot> cached =
          cache.commit(revision).map(c -> new Snapshot(cache.snapshot(c), c)).filter(Hub::isWhole);
      if (cached.isPresent()) {
        return cached.get();
      }
      if (settings.offline()) {
        throw new AlidadeException(
            "%s is not in the cache %s, and HF_HUB_OFFLINE is set"
                .formatted(name, settings.cache()));
      }
      return download(cache, name, revision);
    } catch (IOException e) {
      throw new AlidadeException(
          "%s could not be fetched from %s: %s"
              .formatted(name, settings.endpoint(), e.getMessage()),
          e);
    }
  }

  private static boolean isWhole(Snapshot snapshot) {
    Path folder = snapshot.folder();
    if (!REQUIRED.stream().allMatch(file -> Files.exists(folder.resolve(file)))) {
      return false;
    }
    return Files.exists(folder.resolve(WEIGHTS))
        || (Files.exists(folder.resolve(INDEX))
            && shards(folder.resolve(INDEX)).stream()
                .allMatch(shard -> Files.exists(folder.resolve(shard))));
  }

  private Snapshot download(HubCache cache, String name, String revision) throws IOException {
    String first = REQUIRED.getFirst();
    // All files are asked for at the commit of the first, as the branch may move meanwhile.
    String commit =
        client.describe(name, revision, first).orElseThrow(() -> missing(name, first)).commit();
    for (String file : REQUIRED) {
      require(cache, name, commit, file);
    }
    for (String file : OPTIONAL) {
      fetch(cache, name, commit, file);
    }
    if (!fetch(cache, name, commit, WEIGHTS)) {
      require(cache, name, commit, INDEX);
      for (String shard : shards(cache.snapshot(commit).resolve(INDEX))) {
        require(cache, name, commit, shard);
      }
    }
    cache.remember(revision, commit);
    return new Snapshot(cache.snapshot(commit), commit);
  }

  private void require(HubCache cache, String name, String commit, String path) throws IOException {
    if (!fetch(cache, name, commit, path)) {
      throw missing(name, path);
    }
  }

  private static AlidadeException missing(String name, String path) {
    return new AlidadeException(
        "%s has no %s; a Llama model with safetensors weights is wanted".formatted(name, path));
  }

  private boolean fetch(HubCache cache, String name, String commit, String path)
      throws IOException {
    if (Files.exists(cache.snapshot(commit).resolve(path))) {
      return true;
    }
    Optional<HubClient.RemoteFile> file = client.describe(name, commit, path);
    if (file.isPresent()) {
      download.fetch(cache, file.get(), path);
      cache.link(commit, path, file.get().etag());
    }
    return file.isPresent();
  }

  private static SortedSet<String> shards(Path index) {
    var shards = new TreeSet<String>();
    JsonObject.read(index)
        .object("weight_map")
        .ifPresent(map -> shards.addAll(map.texts().values()));
    for (String shard : shards) {
      // The name comes from the hub and becomes a path here and an address there.
      if (!shard.matches("[\\w-][\\w.-]*")) {
        throw new DataException(index, "names the shard \"%s\", no file name".formatted(shard));
      }
    }
    return shards;
  }
}
