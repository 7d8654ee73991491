package io.alidade.onnx.graph;

import java.util.List;
import java.util.stream.LongStream;

/// A named constant of a node, such as the axis of a `Softmax`.
public sealed interface Attribute {
  String name();

  record Whole(String name, long value) implements Attribute {}

  record Wholes(String name, List<Long> values) implements Attribute {
    public Wholes {
      values = List.copyOf(values);
    }
  }

  record Real(String name, double value) implements Attribute {}

  static Attribute of(String name, long value) {
    return new Whole(name, value);
  }

  static Attribute list(String name, long... values) {
    return new Wholes(name, LongStream.of(values).boxed().toList());
  }

  static Attribute real(String name, double value) {
    return new Real(name, value);
  }

  /// The type that `Cast` casts to.
  static Attribute to(ElementType type) {
    return new Whole("to", type.number());
  }
}
