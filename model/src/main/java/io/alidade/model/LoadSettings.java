package io.alidade.model;

import io.alidade.core.UsageException;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import java.util.Optional;
import java.util.OptionalInt;

/// How a model is loaded.
///
/// @param maxTokens texts are cut to this many tokens, in place of what the model's folder says
/// @param pooling of all tokens, in place of the model's own; that of untrained backbones otherwise
///   is the usual one of their kind
public record LoadSettings(
    WeightPlacement weights,
    AttentionOverrides attention,
    OptionalInt maxTokens,
    Optional<Pooling> pooling) {

  public LoadSettings {
    if (maxTokens.isPresent() && maxTokens.getAsInt() < 1) {
      throw new UsageException(
          "texts are to be cut to %d tokens; at least 1".formatted(maxTokens.getAsInt()));
    }
  }

  /// The model as its files say, its weights where there is room for them.
  public static LoadSettings defaults() {
    return new LoadSettings(
        WeightPlacement.AUTO, AttentionOverrides.NONE, OptionalInt.empty(), Optional.empty());
  }

  /// The pooling, where the model's own is this one.
  TextPooling pooling(TextPooling own) {
    return pooling.map(TextPooling::of).orElse(own);
  }
}
