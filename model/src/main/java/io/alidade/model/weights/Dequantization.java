package io.alidade.model.weights;

/// The block formats of ggml, one block at a time: bytes from `from` on become floats from `to` on.
///
/// Products and sums are rounded one by one in float32, in the order of gguf-py (`gguf/quants.py`),
/// so that values equal the reference bit by bit. All numbers are little-endian; `f16` is a half.
///
/// | type | elements | layout of the bytes | value |
/// |---|---|---|---|
/// | Q8_0 | 32 | f16 d, 32 signed q | d·q |
/// | Q4_0 | 32 | f16 d, 16 pairs of 4 bits | d·(q − 8) |
/// | Q4_1 | 32 | f16 d, f16 m, 16 pairs | d·q + m |
/// | Q5_0 | 32 | f16 d, 32 fifth bits, 16 pairs | d·(q − 16) |
/// | Q5_1 | 32 | f16 d, f16 m, 32 fifth bits, 16 pairs | d·q + m |
/// | Q4_K | 256 | f16 d, f16 dmin, 12 bytes of scales, 128 pairs | d·s·q − dmin·m |
/// | Q5_K | 256 | f16 d, f16 dmin, 12 bytes of scales, 256 fifth bits, 128 pairs | d·s·q − dmin·m |
/// | Q6_K | 256 | 128 pairs, 64 quadruples of 2 high bits, 16 signed scales, f16 d | d·s·(q − 32) |
///
/// A block of 32 keeps elements 0…15 in the low halves of its 16 bytes and 16…31 in the high ones.
final class Dequantization {
  private static final int SMALL = 32;
  private static final int HALF = SMALL / 2;

  private Dequantization() {}

  static void f32(byte[] block, int from, float[] values, int to) {
    values[to] =
        Float.intBitsToFloat((short16(block, from) & 0xFFFF) | (short16(block, from + 2) << 16));
  }

  static void f16(byte[] block, int from, float[] values, int to) {
    values[to] = half(block, from);
  }

  static void bf16(byte[] block, int from, float[] values, int to) {
    values[to] = Float.intBitsToFloat(short16(block, from) << 16);
  }

  static void q8(byte[] block, int from, float[] values, int to) {
    float scale = half(block, from);
    for (int i = 0; i < SMALL; i++) {
      values[to + i] = block[from + 2 + i] * scale;
    }
  }

  static void q4Symmetric(byte[] block, int from, float[] values, int to) {
    float scale = half(block, from);
    for (int i = 0; i < SMALL; i++) {
      values[to + i] = scale * (nibble(block, from + 2, i) - 8);
    }
  }

  static void q4Offset(byte[] block, int from, float[] values, int to) {
    float scale = half(block, from);
    float offset = half(block, from + 2);
    for (int i = 0; i < SMALL; i++) {
      values[to + i] = scale * nibble(block, from + 4, i) + offset;
    }
  }

  static void q5Symmetric(byte[] block, int from, float[] values, int to) {
    float scale = half(block, from);
    for (int i = 0; i < SMALL; i++) {
      int q = nibble(block, from + 6, i) + 16 * bit(block, from + 2, i);
      values[to + i] = scale * (q - 16);
    }
  }

  static void q5Offset(byte[] block, int from, float[] values, int to) {
    float scale = half(block, from);
    float offset = half(block, from + 2);
    for (int i = 0; i < SMALL; i++) {
      int q = nibble(block, from + 8, i) + 16 * bit(block, from + 4, i);
      values[to + i] = scale * q + offset;
    }
  }

  /// Eight groups of 32; two neighbouring groups share 32 bytes, low halves first.
  static void q4K(byte[] block, int from, float[] values, int to) {
    int scales = from + 4;
    int pairs = scales + 12;
    for (int group = 0; group < 8; group++) {
      float scale = half(block, from) * scale(block, scales, group);
      float least = half(block, from + 2) * least(block, scales, group);
      for (int i = 0; i < SMALL; i++) {
        int q = bits(block[pairs + group / 2 * SMALL + i], group % 2 * 4, 4);
        values[to + group * SMALL + i] = scale * q - least;
      }
    }
  }

  /// As [#q4K], with the fifth bit of element `i` of a group in bit `group` of byte `i`.
  static void q5K(byte[] block, int from, float[] values, int to) {
    int scales = from + 4;
    int fifth = scales + 12;
    int pairs = fifth + SMALL;
    for (int group = 0; group < 8; group++) {
      float scale = half(block, from) * scale(block, scales, group);
      float least = half(block, from + 2) * least(block, scales, group);
      for (int i = 0; i < SMALL; i++) {
        int low = bits(block[pairs + group / 2 * SMALL + i], group % 2 * 4, 4);
        int q = low + 16 * bits(block[fifth + i], group, 1);
        values[to + group * SMALL + i] = scale * q - least;
      }
    }
  }

  /// Two halves of 128, each of four groups of 32: the low 4 bits of groups 0 and 1 lie in the low
  /// halves of 64 bytes, of 2 and 3 in the high halves; the high 2 bits of group `g` in bits `2g`
  /// of 32 bytes. A scale serves 16 elements.
  static void q6K(byte[] block, int from, float[] values, int to) {
    int high = from + 128;
    int scales = high + 64;
    float scale = half(block, scales + 16);
    for (int i = 0; i < 256; i++) {
      int part = i / 128;
      int group = i % 128 / SMALL;
      int low = bits(block[from + part * 64 + i % 64], group / 2 * 4, 4);
      int top = bits(block[high + part * SMALL + i % SMALL], group * 2, 2);
      float groupScale = scale * block[scales + i / 16];
      values[to + i] = groupScale * (low + 16 * top - 32);
    }
  }

  /// The 6-bit scale of a group: four whole ones, then four with the high 2 bits elsewhere.
  private static int scale(byte[] block, int scales, int group) {
    return group < 4
        ? bits(block[scales + group], 0, 6)
        : bits(block[scales + 4 + group], 0, 4) + 16 * bits(block[scales + group - 4], 6, 2);
  }

  private static int least(byte[] block, int scales, int group) {
    return group < 4
        ? bits(block[scales + 4 + group], 0, 6)
        : bits(block[scales + 4 + group], 4, 4) + 16 * bits(block[scales + group], 6, 2);
  }

  private static int nibble(byte[] block, int pairs, int i) {
    return bits(block[pairs + i % HALF], i / HALF * 4, 4);
  }

  private static int bit(byte[] block, int bits, int i) {
    return bits(block[bits + i / 8], i % 8, 1);
  }

  private static int bits(int value, int shift, int count) {
    return (value >> shift) & ((1 << count) - 1);
  }

  private static float half(byte[] block, int at) {
    return Float.float16ToFloat(short16(block, at));
  }

  private static short short16(byte[] block, int at) {
    return (short) ((block[at] & 0xFF) | (block[at + 1] << 8));
  }
}
