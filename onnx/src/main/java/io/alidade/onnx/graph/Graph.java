package io.alidade.onnx.graph;

import java.util.List;

/// A whole graph: nodes in an order in which each can be computed, constants, inputs and outputs.
///
/// @param name for people
public record Graph(
    String name,
    List<Node> nodes,
    List<Initializer> initializers,
    List<ValueInfo> inputs,
    List<ValueInfo> outputs) {

  public Graph {
    nodes = List.copyOf(nodes);
    initializers = List.copyOf(initializers);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }
}
