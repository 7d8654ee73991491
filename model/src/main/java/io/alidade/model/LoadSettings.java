package io.alidade.model;

import io.alidade.core.UsageException;
import java.util.OptionalInt;

/// How a model is loaded.
///
/// @param maxTokens texts are cut to this many tokens, in place of what the model's folder says
public record LoadSettings(
    WeightPlacement weights, AttentionOverrides attention, OptionalInt maxTokens) {

  public LoadSettings {
    if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
      throw new UsageException(
          "texts are to be cut to %d tokens; at least 1".formatted(maxTokens.getAsInt()));
    }
  }

  /// The model as its files say, its weights where there is room for them.
  public static LoadSettings defaults() {
    return new LoadSettings(WeightPlacement.AUTO, AttentionOverrides.NONE, OptionalInt.empty());
  }
}
