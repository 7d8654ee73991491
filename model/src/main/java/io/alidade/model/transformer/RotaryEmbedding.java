package io.alidade.model.transformer;

import io.alidade.model.rope.RopeConfig;
import io.alidade.model.rope.RopeScaling;
import io.alidade.model.transformer.PackedTokens.Segment;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Turns queries and keys by their positions.
///
/// Angles are computed in float32, as the reference implementation does, since at position 2,000
/// the last bit of a frequency is visible in the vectors; only a float64 model has float64 angles.
public final class RotaryEmbedding {
  private RotaryEmbedding() {}

  /// The rotation of each row as complex numbers, `[rows, 1, pairs]`.
  static Tensor rotations(PackedTokens packed, RopeConfig rope, DType dtype) {
    DType precision = dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    int pairs = rope.dims() / 2;
    Tensor positions = Tensor.of(packed.positions()).to(precision).view(packed.rows(), 1);
    Tensor angles =
        rope.scaling().dependsOnLength()
            ? anglesByLength(packed, rope, positions)
            : positions.times(frequencies(rope, packed.rows(), precision));
    Tensor rotations = angles.unitComplex(dtype).view(packed.rows(), 1, pairs);
    double amplitude = rope.scaling().amplitude();
    return amplitude == 1 ? rotations : rotations.timesInPlace(amplitude);
  }

  /// Sequences share no prefix here, so that each segment is a whole text.
  private static Tensor anglesByLength(PackedTokens packed, RopeConfig rope, Tensor positions) {
    List<Tensor> angles = new ArrayList<>();
    for (Segment segment : packed.segments()) {
      if (segment.sequence() == Segment.SHARED) {
        throw new IllegalArgumentException(
            "a prefix is shared, but its states depend on the lengths of the texts");
      }
      angles.add(
          positions
              .narrow(0, segment.start(), segment.length())
              .times(frequencies(rope, segment.length(), positions.dtype())));
    }
    return Tensor.concatenate(angles);
  }

  /// The frequency of each pair in a text of so many tokens: `[1, pairs]`.
  private static Tensor frequencies(RopeConfig rope, int length, DType precision) {
    int pairs = rope.dims() / 2;
    double[] exponents = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      exponents[i] = 2.0 * i / rope.dims();
    }
    RopeScaling scaling = rope.scaling();
    double base = scaling.base(rope.theta(), rope.dims(), length);
    Tensor plain = Tensor.of(exponents, pairs).to(precision).powerOf(base).inverse();
    Tensor scaled =
        scaling instanceof RopeScaling.None
            ? plain
            : Tensor.of(scaling.scale(plain.toDoubles(), base, length), pairs).to(precision);
    return scaled.view(1, pairs);
  }

  /// Turns queries or keys in place: `[rows, heads · headDim]`, possibly a strided view.
  public static void rotate(Tensor states, Tensor rotations, int headDim) {
    long pairs = rotations.size(2);
    long heads = states.size(1) / headDim;
    states
        .view(states.size(0), heads, headDim)
        .narrow(2, 0, 2 * pairs)
        .view(states.size(0), heads, pairs, 2)
        .asComplex()
        .timesInPlace(rotations);
  }
}
