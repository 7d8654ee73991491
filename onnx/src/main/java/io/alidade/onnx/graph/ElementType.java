package io.alidade.onnx.graph;

/// The element types in use, with their numbers in `TensorProto.DataType`.
public enum ElementType {
  FLOAT(1),
  INT32(6),
  INT64(7),
  BOOL(9);

  private final int number;

  ElementType(int number) {
    this.number = number;
  }

  /// Its number in the format, as the operator `Cast` wants it too.
  public int number() {
    return number;
  }
}
