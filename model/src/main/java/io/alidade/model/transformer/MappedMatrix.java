package io.alidade.model.transformer;

import io.alidade.model.transformer.FusedMap.Part;
import io.alidade.tensor.Tensor;
import io.alidade.tensor.TensorScope;
import java.util.ArrayList;
import java.util.List;

/// A matrix that stays in its files: each use reads it block by block, in the type that is computed
/// with and in rotary order. Blocks are small enough to be in the processor's cache when the
/// product reads them, and for the allocator to give every block the memory of the one before.
///
/// Values are checked the first time that a block is read, so that opening a model does not read it
/// all.
public final class MappedMatrix implements FusedMatrix {
  /// What a block holds, about; measured in `docs/decisions/0011-mapped-weights.md`.
  private static final int BLOCK_ELEMENTS = 1 << 19;

  private final CheckedWeights weights;
  private final List<Block> blocks;

  private MappedMatrix(CheckedWeights weights, List<Block> blocks) {
    this.weights = weights;
    this.blocks = blocks;
  }

  /// Rows of a part. Several threads may check the same block; that does no harm.
  private static final class Block {
    private final Part part;
    private final long start;
    private final long count;
    private volatile boolean checked;

    Block(Part part, long start, long count) {
      this.part = part;
      this.start = start;
      this.count = count;
    }

    RotaryOrder order() {
      return part.order().of(start, count);
    }
  }

  /// The matrix of a fused map, of which only shapes and types are looked at now.
  static MappedMatrix of(FusedMap map, CheckedWeights weights) {
    return of(map, weights, BLOCK_ELEMENTS);
  }

  /// The matrix in blocks of a chosen size.
  ///
  /// @param blockElements about so many values a block
  public static MappedMatrix of(FusedMap map, CheckedWeights weights, long blockElements) {
    var blocks = new ArrayList<Block>();
    for (Part part : map.parts()) {
      weights.requireReadable(weightOf(part), part.outputs(), map.inputs());
      long size = blockRows(part, blockElements / map.inputs());
      for (long start = 0; start < part.outputs(); start += size) {
        blocks.add(new Block(part, start, Math.min(size, part.outputs() - start)));
      }
    }
    return new MappedMatrix(weights, blocks);
  }

  /// About so many rows: whole heads where rows are reordered within heads.
  private static long blockRows(Part part, long rows) {
    long unit = part.order().headDim();
    return Math.max(1, rows / unit) * unit;
  }

  private static String weightOf(Part part) {
    return part.name() + ".weight";
  }

  @Override
  public Products products() {
    return Products.PLAIN;
  }

  @Override
  public void forEachBlock(BlockVisitor visitor) {
    long row = 0;
    for (Block block : blocks) {
      try (var _ = TensorScope.open()) {
        visitor.visit(row, block.order().toRotary(read(block)));
      }
      row += block.count;
    }
  }

  private Tensor read(Block block) {
    String name = weightOf(block.part);
    Tensor rows = weights.rows(name, block.start, block.count);
    if (!block.checked) {
      weights.requireFinite(name, rows);
      block.checked = true;
    }
    return rows;
  }

  @Override
  public MappedMatrix rows(long start, long count) {
    var within = new ArrayList<Block>();
    long row = 0;
    for (Block block : blocks) {
      if (row >= start && row < start + count) {
        within.add(block);
      }
      row += block.count;
    }
    return new MappedMatrix(weights, within);
  }

  @Override
  public Tensor held() {
    throw new IllegalStateException(
        "the weights are mapped and cannot be changed or written; load the decoder instead");
  }

  /// The files belong to the decoder.
  @Override
  public void close() {}
}
