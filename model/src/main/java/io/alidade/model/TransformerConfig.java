package io.alidade.model;

import java.util.OptionalInt;

/// The shape of a language model without its head.
public sealed interface TransformerConfig permits DecoderConfig, EncoderConfig {

  int layers();

  /// Width of the residual stream.
  int hidden();

  /// Number of tokens, and rows of the embedding matrix.
  int vocabulary();

  /// Whether a token's state depends on nothing behind it, so that texts with a common prefix have
  /// the states of that prefix in common.
  boolean sharesPrefixes();

  /// Tokens of the longest text the model was made for.
  int maxPositions();

  /// Tokens of the longest text that can be computed at all, where positions are rows of a matrix.
  OptionalInt tokenLimit();

  /// The token for padding, where the files name one that must be kept.
  OptionalInt padding();
}
