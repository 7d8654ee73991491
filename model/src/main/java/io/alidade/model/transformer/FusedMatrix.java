package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;

/// The matrix of a fused linear map, `[outputs, inputs]`, as blocks of rows: one block where it is
/// held in memory, many where it is put together from its file at each use.
public sealed interface FusedMatrix extends AutoCloseable permits HeldMatrix, MappedMatrix {

  /// Works with a block.
  @FunctionalInterface
  interface BlockVisitor {
    /// Uses the rows from `start` on.
    ///
    /// @param start the first row's index in the matrix
    /// @param rows `[count, inputs]`, valid during the call; not to be written to
    void visit(long start, Tensor rows);
  }

  /// How it is multiplied.
  Products products();

  /// Shows the blocks one after the other, from the first row to the last.
  void forEachBlock(BlockVisitor visitor);

  /// The rows of some of the parts, sharing memory.
  FusedMatrix rows(long start, long count);

  /// The whole matrix, to change it or to write it to a file.
  ///
  /// @throws IllegalStateException if it is not held in memory
  Tensor held();

  @Override
  void close();
}
