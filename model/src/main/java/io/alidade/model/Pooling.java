package io.alidade.model;

/// How the states of a text's tokens become one vector.
public enum Pooling {
  /// The state of the last token, which is end-of-sequence: the paper's way for decoders.
  LAST_TOKEN,
  /// The mean of all tokens' states, end-of-sequence and template included.
  MEAN
}
