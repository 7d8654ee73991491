package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;

/// A matrix in memory, in the type that is computed with.
public record HeldMatrix(Tensor held) implements FusedMatrix {

  @Override
  public void forEachBlock(BlockVisitor visitor) {
    visitor.visit(0, held);
  }

  @Override
  public HeldMatrix rows(long start, long count) {
    return new HeldMatrix(held.narrow(0, start, count));
  }

  @Override
  public void close() {
    held.close();
  }
}
