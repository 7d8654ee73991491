package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;

/// A matrix in memory.
///
/// @param products how it is multiplied
public record HeldMatrix(Tensor held, Products products) implements FusedMatrix {

  /// A matrix in the type that is computed with.
  public HeldMatrix(Tensor held) {
    this(held, Products.PLAIN);
  }

  @Override
  public void forEachBlock(BlockVisitor visitor) {
    visitor.visit(0, held);
  }

  @Override
  public HeldMatrix rows(long start, long count) {
    return new HeldMatrix(held.narrow(0, start, count), products);
  }

  @Override
  public void close() {
    held.close();
  }
}
