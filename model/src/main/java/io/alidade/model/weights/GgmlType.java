package io.alidade.model.weights;

import com.google.errorprone.annotations.Immutable;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The element types of GGUF tensors that can be read. Values are stored in blocks of a fixed
/// number of elements and bytes.
enum GgmlType {
  F32(0, 1, 4, Dequantization::f32),
  F16(1, 1, 2, Dequantization::f16),
  Q4_0(2, 32, 18, Dequantization::q4Symmetric),
  Q4_1(3, 32, 20, Dequantization::q4Offset),
  Q5_0(6, 32, 22, Dequantization::q5Symmetric),
  Q5_1(7, 32, 24, Dequantization::q5Offset),
  Q8_0(8, 32, 34, Dequantization::q8),
  Q4_K(12, 256, 144, Dequantization::q4K),
  Q5_K(13, 256, 176, Dequantization::q5K),
  Q6_K(14, 256, 210, Dequantization::q6K),
  BF16(30, 1, 2, Dequantization::bf16);

  /// Turns one block of bytes into floats.
  @Immutable
  interface Decoder {
    void decode(byte[] block, int from, float[] values, int to);
  }

  /// Types that exist but cannot be read, so that they can be refused by their name.
  private static final Map<Integer, String> OTHERS =
      Map.ofEntries(
          Map.entry(9, "Q8_1"),
          Map.entry(10, "Q2_K"),
          Map.entry(11, "Q3_K"),
          Map.entry(15, "Q8_K"),
          Map.entry(16, "IQ2_XXS"),
          Map.entry(17, "IQ2_XS"),
          Map.entry(18, "IQ3_XXS"),
          Map.entry(19, "IQ1_S"),
          Map.entry(20, "IQ4_NL"),
          Map.entry(21, "IQ3_S"),
          Map.entry(22, "IQ2_S"),
          Map.entry(23, "IQ4_XS"),
          Map.entry(24, "I8"),
          Map.entry(25, "I16"),
          Map.entry(26, "I32"),
          Map.entry(27, "I64"),
          Map.entry(28, "F64"),
          Map.entry(29, "IQ1_M"),
          Map.entry(34, "TQ1_0"),
          Map.entry(35, "TQ2_0"),
          Map.entry(39, "MXFP4"));

  private final int number;
  private final int blockElements;
  private final int blockBytes;
  private final Decoder decoder;

  GgmlType(int number, int blockElements, int blockBytes, Decoder decoder) {
    this.number = number;
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.decoder = decoder;
  }

  static Optional<GgmlType> of(int number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /// A name for any type number, known or not.
  static String nameOf(int number) {
    return of(number)
        .map(GgmlType::name)
        .orElseGet(() -> OTHERS.getOrDefault(number, "number " + number));
  }

  static String allowed() {
    return Arrays.stream(values()).map(GgmlType::name).collect(Collectors.joining(", "));
  }

  int number() {
    return number;
  }

  int blockElements() {
    return blockElements;
  }

  int blockBytes() {
    return blockBytes;
  }

  /// Turns whole blocks into floats, as gguf-py's `dequantize` does, to the last bit.
  void dequantize(byte[] blocks, float[] values) {
    int count = values.length / blockElements;
    for (int i = 0; i < count; i++) {
      decoder.decode(blocks, i * blockBytes, values, i * blockElements);
    }
  }
}
