package io.alidade.core;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/// Which software computes here, for manifests, reports and `--version`.
public final class Versions {
  /// System property: the commit the program was built from, which the launcher sets.
  public static final String COMMIT_PROPERTY = "alidade.commit";

  private Versions() {}

  /// Alidade's own version, such as `0.1.0`.
  public static String alidade() {
    var properties = new Properties();
    try (InputStream in = Versions.class.getResourceAsStream("versions.properties")) {
      if (in == null) {
        throw new IllegalStateException("versions.properties is missing from alidade-core");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("alidade", "unknown");
  }

  /// `alidade`, `java` and `os`, the commit where it is known, and what the caller adds, such as
  /// libtorch's version; sorted by name.
  public static Map<String, String> with(Map<String, String> others) {
    var versions = new TreeMap<>(others);
    versions.put("alidade", alidade());
    versions.put("java", System.getProperty("java.vm.version", "unknown"));
    versions.put(
        "os", System.getProperty("os.name", "unknown") + " " + System.getProperty("os.version"));
    String commit = System.getProperty(COMMIT_PROPERTY, "");
    if (!commit.isEmpty()) {
      versions.put("commit", commit);
    }
    return Collections.unmodifiableMap(versions);
  }
}
