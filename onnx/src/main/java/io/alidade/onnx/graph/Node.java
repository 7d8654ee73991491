package io.alidade.onnx.graph;

import java.util.List;

/// One operation of a graph, named after its first output.
///
/// @param inputs names of values; an empty name leaves an optional input out
record Node(
    String operator, List<String> inputs, List<String> outputs, List<Attribute> attributes) {
  Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
  }
}
