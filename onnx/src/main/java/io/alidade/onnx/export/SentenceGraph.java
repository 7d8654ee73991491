package io.alidade.onnx.export;

import io.alidade.model.head.DenseLayer;
import io.alidade.model.head.Pooling;
import io.alidade.model.weights.SafetensorsWriter.Item;
import io.alidade.onnx.graph.Attribute;
import io.alidade.onnx.graph.ElementType;
import io.alidade.onnx.graph.GraphBuilder;
import io.alidade.onnx.graph.Initializer;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/// What stands behind the encoder: one vector a text from its states, with sentence-transformers'
/// modules. Padding takes no part.
final class SentenceGraph {
  /// torch's least length to divide by.
  private static final double LEAST_LENGTH = 1e-12;

  /// The least weight to divide by, as in sentence-transformers' mean.
  private static final double LEAST_WEIGHT = 1e-9;

  private final GraphBuilder graph;
  private final String states;
  private final String mask;

  /// @param states `[batch, tokens, hidden]`
  /// @param mask `[batch, tokens]`, int64
  SentenceGraph(GraphBuilder graph, String states, String mask) {
    this.graph = graph;
    this.states = states;
    this.mask = mask;
  }

  /// `[batch, hidden]`.
  String pooled(Pooling pooling) {
    return switch (pooling) {
      case CLS -> token(0);
      case LAST_TOKEN -> token(1);
      case MAX -> largest();
      case MEAN -> weighted(ones(), UnaryOperator.identity());
      case MEAN_SQRT_LENGTH -> weighted(ones(), total -> graph.node("Sqrt", total));
      case WEIGHTED_MEAN -> weighted(counted(), UnaryOperator.identity());
    };
  }

  /// The first or the last token that is no padding, whichever side that is on.
  private String token(int last) {
    String numbers = graph.node("Cast", List.of(mask), Attribute.to(ElementType.INT32));
    String index =
        graph.node(
            "ArgMax",
            List.of(numbers),
            Attribute.of("axis", 1),
            Attribute.of("keepdims", 1),
            Attribute.of("select_last_index", last));
    return graph.node("GatherND", List.of(states, index), Attribute.of("batch_dims", 1));
  }

  private String largest() {
    String column = graph.node("Unsqueeze", mask, graph.list(2));
    String real = graph.node("Cast", List.of(column), Attribute.to(ElementType.BOOL));
    String kept = graph.node("Where", real, states, graph.scalar(EncoderLayers.UNSEEN));
    return graph.node(
        "ReduceMax", List.of(kept), Attribute.list("axes", 1), Attribute.of("keepdims", 0));
  }

  /// 1 for a token, 0 for padding: `[batch, tokens, 1]`.
  private String ones() {
    String real = graph.node("Cast", List.of(mask), Attribute.to(ElementType.FLOAT));
    return graph.node("Unsqueeze", real, graph.list(2));
  }

  /// `1, 2, 3, …` for the tokens, 0 for padding: `[batch, tokens, 1]`.
  private String counted() {
    String ones = ones();
    return graph.node("Mul", graph.node("CumSum", ones, graph.scalar(1)), ones);
  }

  private String weighted(String weights, UnaryOperator<String> divisor) {
    String sum = sum(graph.node("Mul", states, weights));
    String total = graph.node("Max", sum(weights), graph.scalar(LEAST_WEIGHT));
    return graph.node("Div", sum, divisor.apply(total));
  }

  private String sum(String values) {
    return graph.node("ReduceSum", List.of(values, graph.list(1)), Attribute.of("keepdims", 0));
  }

  /// A linear layer behind pooling, its weights named after the module's folder.
  String dense(String vectors, DenseLayer layer, String name) {
    String weight = constant(name + ".linear.weight", layer.weight().t());
    String product = graph.node("MatMul", vectors, weight);
    String linear =
        layer
            .bias()
            .map(bias -> graph.node("Add", product, constant(name + ".linear.bias", bias)))
            .orElse(product);
    var functions = new ActivationGraph(graph);
    return switch (layer.activation()) {
      case IDENTITY -> linear;
      case TANH -> functions.tanh(linear);
      case RELU -> functions.relu(linear);
      case GELU -> functions.gelu(linear);
      case SILU -> functions.silu(linear);
      case SIGMOID -> functions.sigmoid(linear);
    };
  }

  private String constant(String name, Tensor values) {
    List<Long> shape = Arrays.stream(values.shape()).boxed().toList();
    return graph.weight(Initializer.of(new Item(name, DType.FLOAT32, shape, () -> values)));
  }

  /// The first dimensions.
  String cut(String vectors, int dimensions) {
    return graph.node("Slice", vectors, graph.list(0), graph.list(dimensions), graph.list(1));
  }

  /// Vectors of length 1.
  String normalised(String vectors) {
    String length =
        graph.node(
            "ReduceL2", List.of(vectors), Attribute.list("axes", 1), Attribute.of("keepdims", 1));
    return graph.node("Div", vectors, graph.node("Max", length, graph.scalar(LEAST_LENGTH)));
  }
}
