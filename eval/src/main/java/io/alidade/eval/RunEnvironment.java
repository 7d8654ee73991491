package io.alidade.eval;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What a score was measured with, beside the model.
///
/// @param hardware for people, such as `2 cores, AVX-512, 15 GB`
/// @param versions by part, such as `alidade`, `java`
public record RunEnvironment(String hardware, Map<String, String> versions) {
  public RunEnvironment {
    versions = Collections.unmodifiableMap(new TreeMap<>(versions));
  }
}
