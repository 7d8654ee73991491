package io.alidade.train.batch;

import io.alidade.core.Example;

/// An example on its way into a batch, with what its source says of it.
///
/// @param inBatchNegatives whether its texts are negatives of others, and theirs of it
/// @param limits how many tokens its texts are cut to
public record Member(Example example, boolean inBatchNegatives, TokenLimits limits) {

  /// An example of which nothing more is said.
  public static Member of(Example example) {
    return new Member(example, true, TokenLimits.NONE);
  }
}
