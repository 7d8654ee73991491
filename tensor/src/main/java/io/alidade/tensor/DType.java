package io.alidade.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/// The element types Alidade computes with or reads from files.
public enum DType {
  FLOAT32(ScalarType.Float, Float.BYTES),
  FLOAT64(ScalarType.Double, Double.BYTES),
  FLOAT16(ScalarType.Half, Short.BYTES),
  BFLOAT16(ScalarType.BFloat16, Short.BYTES),
  INT64(ScalarType.Long, Long.BYTES);

  private final ScalarType scalarType;
  private final int bytes;

  DType(ScalarType scalarType, int bytes) {
    this.scalarType = scalarType;
    this.bytes = bytes;
  }

  /// Bytes of one element.
  public int bytes() {
    return bytes;
  }

  ScalarType scalarType() {
    return scalarType;
  }
}
