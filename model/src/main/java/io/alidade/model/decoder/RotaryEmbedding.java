package io.alidade.model.decoder;

import io.alidade.model.DecoderConfig;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;

/// Rotary position embedding: each pair of values of a head is turned by an angle that grows with
/// the position, `θᵢ = position · base^(−2i/headDim)`.
///
/// Angles are computed in float32, as the reference implementation does, since at position 2,000
/// the last bit of a frequency is visible in the vectors; only a float64 model has float64 angles.
///
/// @see <a href="https://arxiv.org/abs/2104.09864">Su et al., RoFormer, 2021</a>, section 3.2
final class RotaryEmbedding {
  private RotaryEmbedding() {}

  /// The rotation of each row as unit complex numbers, `[rows, 1, headDim / 2]`.
  static Tensor rotations(long[] positions, DecoderConfig config, DType dtype) {
    int pairs = config.headDim() / 2;
    DType precision = dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
    double[] exponents = new double[pairs];
    for (int i = 0; i < pairs; i++) {
      exponents[i] = 2.0 * i / config.headDim();
    }
    Tensor frequencies =
        Tensor.of(exponents, pairs).to(precision).powerOf(config.ropeTheta()).inverse();
    Tensor rows = Tensor.of(positions).to(precision).view(positions.length, 1);
    Tensor angles = rows.times(frequencies.view(1, pairs));
    return angles.unitComplex(dtype).view(positions.length, 1, pairs);
  }

  /// Turns queries and keys in place: `[rows, heads · headDim]`, possibly a strided view.
  static void rotate(Tensor states, Tensor rotations) {
    long pairs = rotations.size(2);
    long heads = states.size(1) / (2 * pairs);
    states.view(states.size(0), heads, pairs, 2).asComplex().timesInPlace(rotations);
  }
}
