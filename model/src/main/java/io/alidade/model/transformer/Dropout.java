package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;

/// Dropout of one linear map's input in one step: the mask is a function of the seed, so that the
/// backward pass draws the same one again instead of keeping it.
///
/// @param probability of a value being dropped; the others are scaled by `1 / (1 − probability)`
public record Dropout(double probability, long seed) {
  public static final Dropout NONE = new Dropout(0, 0);

  public boolean active() {
    return probability > 0;
  }

  public Tensor apply(Tensor x) {
    return active() ? x.times(Tensor.dropoutMask(seed, probability, x.dtype(), x.shape())) : x;
  }

  /// The dropout of another place in the network.
  public Dropout at(int place) {
    return active() ? new Dropout(probability, seed * 1_000_003L + place) : this;
  }
}
