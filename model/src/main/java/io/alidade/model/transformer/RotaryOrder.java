package io.alidade.model.transformer;

import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The order of the values of heads that are rotated. Hugging Face rotates the first half of the
/// rotated values against the second; here the two values of a pair lie side by side, so that a
/// rotation is one complex product. Scores do not change: query and key are reordered alike.
///
/// @param rows so many rows are reordered, from the first; the others stay as they are
/// @param headDim rows of a head
/// @param rotated of each head the first so many are reordered
public record RotaryOrder(int rows, int headDim, int rotated) {
  /// Nothing is reordered.
  public static final RotaryOrder NONE = new RotaryOrder(0, 1, 0);

  /// The order of some of the rows; both numbers are multiples of `headDim`.
  RotaryOrder of(long start, long count) {
    long reordered = Math.clamp(rows - start, 0, count);
    return reordered == 0 ? NONE : new RotaryOrder((int) reordered, headDim, rotated);
  }

  /// From Hugging Face's order: `[outputs, n]`.
  public Tensor toRotary(Tensor matrix) {
    return reorder(matrix, 2, rotated / 2);
  }

  /// The inverse of [#toRotary].
  public Tensor toHuggingFace(Tensor matrix) {
    return reorder(matrix, rotated / 2, 2);
  }

  private Tensor reorder(Tensor matrix, int outer, int inner) {
    if (rows == 0) {
      return matrix;
    }
    long width = matrix.size(1);
    Tensor heads = matrix.narrow(0, 0, rows).reshape(rows / headDim, headDim, width);
    Tensor turned =
        heads
            .narrow(1, 0, rotated)
            .reshape(heads.size(0), outer, inner, width)
            .transpose(1, 2)
            .reshape(heads.size(0), rotated, width);
    Tensor kept = heads.narrow(1, rotated, (long) headDim - rotated);
    var parts = new ArrayList<Tensor>();
    parts.add(Tensor.concatenate(List.of(turned, kept), 1).reshape(rows, width));
    if (matrix.size(0) > rows) {
      parts.add(matrix.narrow(0, rows, matrix.size(0) - rows));
    }
    return Tensor.concatenate(parts);
  }
}
