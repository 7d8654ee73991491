package io.alidade.core;

import java.nio.file.Path;
import java.util.Map;

/// The folder of everything that is cached: `ALIDADE_HOME`, by default `alidade` in the user's
/// cache folder (`XDG_CACHE_HOME`, else `~/.cache`).
public final class AlidadeHome {
  public static final String VARIABLE = "ALIDADE_HOME";

  private AlidadeHome() {}

  public static Path path() {
    return path(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /// An empty variable counts as unset, as the XDG specification has it.
  static Path path(Map<String, String> environment, Path userHome) {
    String own = environment.getOrDefault(VARIABLE, "");
    if (!own.isEmpty()) {
      return Path.of(own);
    }
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (cache.isEmpty() ? userHome.resolve(".cache") : Path.of(cache)).resolve("alidade");
  }
}
