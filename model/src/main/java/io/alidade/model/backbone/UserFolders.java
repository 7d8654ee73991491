package io.alidade.model.backbone;

import java.nio.file.Path;
import java.util.Map;

/// Where a user's files are kept, by the usual environment variables.
public final class UserFolders {
  private UserFolders() {}

  /// `ALIDADE_HOME`, or `alidade` in the cache folder.
  public static Path alidadeHome(Map<String, String> environment) {
    String home = environment.getOrDefault("ALIDADE_HOME", "");
    return home.isBlank() ? cache(environment).resolve("alidade") : Path.of(home);
  }

  /// `XDG_CACHE_HOME`, or `.cache` in the home folder.
  public static Path cache(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    return cache.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache);
  }
}
