package io.alidade.cli.command;

import io.alidade.core.UsageException;
import java.util.Map;
import java.util.Optional;

/// An environment variable that holds a server's key, as an option names it: keys are never given
/// on the command line itself.
///
/// @param name empty where the server needs no key
record KeyVariable(String option, String name) {

  /// The key, if one is named.
  ///
  /// @throws UsageException if there is none, or none that a header can carry
  Optional<String> key(Map<String, String> environment) {
    if (name.isEmpty()) {
      return Optional.empty();
    }
    String key = environment.getOrDefault(name, "").strip();
    if (key.isEmpty()) {
      throw new UsageException(
          "%s %s: the environment has no such variable, or it is empty".formatted(option, name));
    }
    if (!key.chars().allMatch(c -> c > ' ' && c <= '~')) {
      throw new UsageException(
          "%s %s: the key holds characters that a header cannot carry".formatted(option, name));
    }
    return Optional.of(key);
  }
}
