package io.alidade.synth.sampling;

import java.util.Map;

/// What a candidate's prompt says beyond the prompt's own text.
///
/// @param text behind it; empty for nothing
/// @param origin what was chosen, as provenance gives it
public record Addition(String text, Map<String, Object> origin) {
  /// Nothing more.
  public static final Addition NONE = new Addition("", Map.of());

  public Addition {
    origin = Map.copyOf(origin);
  }
}
