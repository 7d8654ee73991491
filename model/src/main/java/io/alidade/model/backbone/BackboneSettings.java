package io.alidade.model.backbone;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Where backbones are looked for and kept.
///
/// @param source the sources to try for a name
/// @param home Alidade's own folder
/// @param searchPath folders in which pip is looked for
public record BackboneSettings(
    BackboneSource source, Path home, List<Path> searchPath, HubSettings hub) {

  public BackboneSettings {
    searchPath = List.copyOf(searchPath);
  }

  /// By the process's environment and the system property [BackboneSource#PROPERTY].
  public static BackboneSettings fromEnvironment() {
    String source = System.getProperty(BackboneSource.PROPERTY, BackboneSource.AUTO.label());
    return of(System.getenv()).withSource(BackboneSource.of(source));
  }

  static BackboneSettings of(Map<String, String> environment) {
    List<Path> searchPath =
        Arrays.stream(environment.getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .filter(folder -> !folder.isBlank())
            .map(Path::of)
            .toList();
    return new BackboneSettings(
        BackboneSource.AUTO,
        UserFolders.alidadeHome(environment),
        searchPath,
        HubSettings.of(environment));
  }

  public BackboneSettings withSource(BackboneSource other) {
    return new BackboneSettings(other, home, searchPath, hub);
  }
}
