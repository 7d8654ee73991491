package io.alidade.model.weights;

import com.google.errorprone.annotations.Immutable;

/// The element types in which GGUF files are written.
public enum GgufType {
  /// Single precision, for what is small: norms, biases, factors of RoPE.
  F32(GgmlType.F32, 0, Quantization::f32),
  /// Half precision.
  F16(GgmlType.F16, 1, Quantization::f16),
  /// Eight bits with a scale for each 32 values.
  Q8_0(GgmlType.Q8_0, 7, Quantization::q8);

  /// Turns one block of floats into bytes.
  @Immutable
  interface Encoder {
    void encode(float[] values, int from, byte[] block, int to);
  }

  private final GgmlType ggml;
  private final int fileType;
  private final Encoder encoder;

  GgufType(GgmlType ggml, int fileType, Encoder encoder) {
    this.ggml = ggml;
    this.fileType = fileType;
    this.encoder = encoder;
  }

  /// The value of `general.file_type` of a file whose matrices are mostly of this type.
  public int fileType() {
    return fileType;
  }

  /// This type, or F16 where a row of so many values is no whole number of blocks.
  public GgufType forRowsOf(long columns) {
    return columns % ggml.blockElements() == 0 ? this : F16;
  }

  int number() {
    return ggml.number();
  }

  int blockElements() {
    return ggml.blockElements();
  }

  long bytes(long elements) {
    return elements / ggml.blockElements() * ggml.blockBytes();
  }

  /// Turns a row of whole blocks into bytes, as gguf-py's `quantize` does, to the last bit.
  void quantize(float[] row, byte[] blocks) {
    int count = row.length / ggml.blockElements();
    for (int i = 0; i < count; i++) {
      encoder.encode(row, i * ggml.blockElements(), blocks, i * ggml.blockBytes());
    }
  }
}
