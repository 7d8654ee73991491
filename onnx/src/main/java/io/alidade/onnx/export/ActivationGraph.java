package io.alidade.onnx.export;

import io.alidade.onnx.graph.GraphBuilder;

/// The functions inside feed-forward parts and behind linear layers, of single values.
record ActivationGraph(GraphBuilder graph) {

  /// `x (1 + erf(x / √2)) / 2`, in the order that ONNX Runtime knows and fuses.
  String gelu(String x) {
    String erf = graph.node("Erf", graph.node("Div", x, graph.scalar(Math.sqrt(2))));
    return halved(x, erf);
  }

  /// `x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2`
  String geluTanh(String x) {
    String cube = graph.node("Mul", graph.node("Mul", x, x), x);
    String inner = graph.node("Add", x, graph.node("Mul", cube, graph.scalar(0.044715)));
    return halved(x, tanh(graph.node("Mul", inner, graph.scalar(Math.sqrt(2 / Math.PI)))));
  }

  private String halved(String x, String function) {
    String product = graph.node("Mul", x, graph.node("Add", function, graph.scalar(1.0)));
    return graph.node("Mul", product, graph.scalar(0.5));
  }

  String relu(String x) {
    return graph.node("Relu", x);
  }

  String silu(String x) {
    return graph.node("Mul", x, sigmoid(x));
  }

  String sigmoid(String x) {
    return graph.node("Sigmoid", x);
  }

  String tanh(String x) {
    return graph.node("Tanh", x);
  }
}
