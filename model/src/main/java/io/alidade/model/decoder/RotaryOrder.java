package io.alidade.model.decoder;

import io.alidade.tensor.Tensor;
import java.util.List;

/// The order of a head's values. Hugging Face rotates the first half of the rotated values against
/// the second; the decoder keeps the two values of a pair side by side, so that a rotation is one
/// complex product. Scores do not change: query and key are reordered alike.
final class RotaryOrder {
  private RotaryOrder() {}

  /// From Hugging Face's order: `[heads · headDim, n]`, of each head the first `rotated` rows.
  static Tensor toRotary(Tensor rows, int headDim, int rotated) {
    return reorder(rows, headDim, rotated, 2, rotated / 2);
  }

  /// The inverse of [#toRotary].
  static Tensor toHuggingFace(Tensor rows, int headDim, int rotated) {
    return reorder(rows, headDim, rotated, rotated / 2, 2);
  }

  private static Tensor reorder(Tensor rows, int headDim, int rotated, int outer, int inner) {
    long width = rows.size(1);
    Tensor heads = rows.reshape(rows.size(0) / headDim, headDim, width);
    Tensor turned =
        heads
            .narrow(1, 0, rotated)
            .reshape(heads.size(0), outer, inner, width)
            .transpose(1, 2)
            .reshape(heads.size(0), rotated, width);
    Tensor kept = heads.narrow(1, rotated, (long) headDim - rotated);
    return Tensor.concatenate(List.of(turned, kept), 1).reshape(rows.size(0), width);
  }
}
