package io.alidade.onnx.graph;

/// The small messages of the format, by the field numbers of `onnx.proto`.
final class GraphMessages {
  private GraphMessages() {}

  /// `NodeProto`.
  static ProtoMessage of(Node node) {
    var message = new ProtoMessage();
    node.inputs().forEach(input -> message.text(1, input));
    node.outputs().forEach(output -> message.text(2, output));
    message.text(3, node.outputs().getFirst()).text(4, node.operator());
    node.attributes().forEach(attribute -> message.message(5, of(attribute)));
    return message;
  }

  /// `AttributeProto`, with the number of its kind in field 20.
  private static ProtoMessage of(Attribute attribute) {
    var message = new ProtoMessage().text(1, attribute.name());
    switch (attribute) {
      case Attribute.Real real -> message.real(2, (float) real.value()).integer(20, 1);
      case Attribute.Whole whole -> message.integer(3, whole.value()).integer(20, 2);
      case Attribute.Wholes wholes -> {
        wholes.values().forEach(value -> message.integer(8, value));
        message.integer(20, 7);
      }
    }
    return message;
  }

  /// `ValueInfoProto` around `TypeProto`, `TypeProto.Tensor` and `TensorShapeProto`.
  static ProtoMessage of(ValueInfo value) {
    var shape = new ProtoMessage();
    for (String axis : value.axes()) {
      boolean number = Character.isDigit(axis.charAt(0));
      var dimension = new ProtoMessage();
      shape.message(
          1, number ? dimension.integer(1, Long.parseLong(axis)) : dimension.text(2, axis));
    }
    var tensor = new ProtoMessage().integer(1, value.type().number()).message(2, shape);
    return new ProtoMessage()
        .text(1, value.name())
        .message(2, new ProtoMessage().message(1, tensor));
  }

  /// The part of `TensorProto` that says what the tensor is; its values are the caller's.
  static ProtoMessage describe(Initializer tensor) {
    var message = new ProtoMessage();
    tensor.shape().forEach(size -> message.integer(1, size));
    return message.integer(2, tensor.type().number()).text(8, tensor.name());
  }

  /// `StringStringEntryProto`.
  static ProtoMessage entry(String key, Object value) {
    return new ProtoMessage().text(1, key).text(2, value.toString());
  }
}
