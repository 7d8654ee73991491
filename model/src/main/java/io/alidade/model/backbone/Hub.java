package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import java.nio.file.Files;
import java.nio.file.Path;

/// Models of the Hugging Face hub, in the cache that its own tools share.
final class Hub {
  private final HubSettings settings;
  private final Progress progress;

  Hub(HubSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
  }

  record Snapshot(Path folder, String commit) {}

  Snapshot fetch(String name, String revision) {
    progress.update(0, 0, name);
    if (Files.isDirectory(settings.cache().resolve(revision))) {
      return new Snapshot(settings.cache(), revision);
    }
    throw new AlidadeException("not asked yet");
  }
}
