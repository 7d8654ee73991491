package io.alidade.model.weights;

/// The inverse of [Dequantization] for the types that are written: floats from `from` on become
/// bytes from `to` on, in the float32 arithmetic of gguf-py (`gguf/quants.py`).
final class Quantization {
  private static final int BLOCK = 32;

  /// Of the whole numbers in a block.
  static final float LARGEST = 127;

  private Quantization() {}

  static void f32(float[] values, int from, byte[] block, int to) {
    int bits = Float.floatToRawIntBits(values[from]);
    put16(block, to, bits);
    put16(block, to + 2, bits >> 16);
  }

  static void f16(float[] values, int from, byte[] block, int to) {
    put16(block, to, Float.floatToFloat16(values[from]));
  }

  /// The scale puts the largest magnitude of the block at 127; values are rounded half away from
  /// zero, and that by the scale before it is itself rounded to half precision.
  static void q8(float[] values, int from, byte[] block, int to) {
    float largest = 0;
    for (int i = 0; i < BLOCK; i++) {
      largest = Math.max(largest, Math.abs(values[from + i]));
    }
    float scale = largest / LARGEST;
    float inverse = scale == 0 ? 0 : 1 / scale;
    put16(block, to, Float.floatToFloat16(scale));
    for (int i = 0; i < BLOCK; i++) {
      block[to + 2 + i] = (byte) rounded(values[from + i] * inverse);
    }
  }

  private static float rounded(float value) {
    float magnitude = Math.abs(value);
    float whole = (float) Math.floor(magnitude);
    float result = whole + (float) Math.floor(2 * (magnitude - whole));
    return Math.copySign(result, value);
  }

  private static void put16(byte[] block, int at, int bits) {
    block[at] = (byte) bits;
    block[at + 1] = (byte) (bits >> 8);
  }
}
