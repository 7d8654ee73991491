package io.alidade.model;

import io.alidade.model.rope.RopeConfig;
import java.util.Optional;

/// Attention of one layer.
///
/// @param window a token sees itself and the `window − 1` before it, and in a model that is not
///   causal so many behind it; 0 for all
/// @param rope how positions rotate queries and keys, or nothing if they do not
public record LayerAttention(int window, Optional<RopeConfig> rope) {
  /// No window.
  public static final int ALL = 0;

  public LayerAttention {
    if (window < 0) {
      throw new IllegalArgumentException("attention window %d is below 0".formatted(window));
    }
  }
}
