package io.alidade.onnx.graph;

import java.util.List;

/// The name, type and shape of an input or output of a graph.
///
/// @param axes a number, or the name of an axis whose size each run may choose, for each dimension
public record ValueInfo(String name, ElementType type, List<String> axes) {
  public ValueInfo {
    axes = List.copyOf(axes);
  }
}
