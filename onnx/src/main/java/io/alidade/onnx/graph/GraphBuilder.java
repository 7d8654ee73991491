package io.alidade.onnx.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Collects a graph. Values are known by their names; weights keep the names of their files, all
/// other values are named after their operator and a number.
public final class GraphBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, Initializer> initializers = new LinkedHashMap<>();
  private final List<ValueInfo> inputs = new ArrayList<>();
  private final List<ValueInfo> outputs = new ArrayList<>();

  /// Adds a node with one output.
  ///
  /// @return the output's name
  public String node(String operator, List<String> operands, Attribute... attributes) {
    return node(operator, 1, operands, attributes).getFirst();
  }

  /// Adds a node without attributes and with one output.
  public String node(String operator, String... operands) {
    return node(operator, List.of(operands));
  }

  /// Adds a node.
  ///
  /// @return the outputs' names
  public List<String> node(
      String operator, int outputCount, List<String> operands, Attribute... attributes) {
    String first = operator + "_" + nodes.size();
    List<String> results =
        IntStream.range(0, outputCount).mapToObj(i -> i == 0 ? first : first + "." + i).toList();
    nodes.add(new Node(operator, operands, results, List.of(attributes)));
    return results;
  }

  /// Adds a weight, once however often it is asked for.
  public String weight(Initializer weight) {
    initializers.putIfAbsent(weight.name(), weight);
    return weight.name();
  }

  /// A float constant without dimensions.
  public String scalar(double value) {
    return weight(Initializer.scalar("float_" + (float) value, value));
  }

  /// An int64 constant without dimensions.
  public String scalar(long value) {
    return weight(Initializer.scalar("int64_" + value, value));
  }

  /// An int64 constant of one dimension: axes, a shape, or where a slice starts.
  public String list(long... values) {
    return weight(Initializer.list("int64s_" + Arrays.toString(values), values));
  }

  /// Declares an input.
  public String input(String name, ElementType type, String... axes) {
    inputs.add(new ValueInfo(name, type, List.of(axes)));
    return name;
  }

  /// Declares an output under its own name.
  ///
  /// @return its name
  public String output(String name, String value, String... axes) {
    nodes.add(new Node("Identity", List.of(value), List.of(name), List.of()));
    outputs.add(new ValueInfo(name, ElementType.FLOAT, List.of(axes)));
    return name;
  }

  public Graph build(String name) {
    return new Graph(name, nodes, List.copyOf(initializers.values()), inputs, outputs);
  }
}
