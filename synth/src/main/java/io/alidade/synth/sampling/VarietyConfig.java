package io.alidade.synth.sampling;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// What prompts say beyond the paper's. All of it is off by default.
///
/// @param personas who asks: `built-in`, or a file of one a line, relative to the recipe; empty for
///   off
/// @param questionTypes what queries ask for, names with weights; empty for off
/// @param documentTypes what documents are, names with weights; empty for off
/// @param examples of the user's own, as training data of any layout, relative to the recipe; empty
///   for none
/// @param shots how many of these each prompt shows
public record VarietyConfig(
    String personas,
    Map<String, Double> questionTypes,
    Map<String, Double> documentTypes,
    Path examples,
    int shots) {
  static final String BUILT_IN = "built-in";

  public VarietyConfig {
    questionTypes = Collections.unmodifiableMap(new TreeMap<>(questionTypes));
    documentTypes = Collections.unmodifiableMap(new TreeMap<>(documentTypes));
    if (shots < 1) {
      throw new IllegalArgumentException("shots must be at least 1, is " + shots);
    }
  }

  public static VarietyConfig defaults() {
    return new VarietyConfig("", Map.of(), Map.of(), Path.of(""), 2);
  }

  /// Whether anything is on.
  public boolean used() {
    return !personas.isEmpty()
        || !questionTypes.isEmpty()
        || !documentTypes.isEmpty()
        || examplesGiven();
  }

  /// Whether the personas are the user's.
  public boolean ownPersonas() {
    return !personas.isEmpty() && !personas.equals(BUILT_IN);
  }

  /// Whether prompts show examples.
  public boolean examplesGiven() {
    return !examples.toString().isEmpty();
  }
}
