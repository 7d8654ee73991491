package io.alidade.onnx.export;

import io.alidade.model.EncoderConfig;
import io.alidade.onnx.graph.Attribute;
import io.alidade.onnx.graph.ElementType;
import io.alidade.onnx.graph.GraphBuilder;
import java.util.List;

/// The operations that all encoders are made of, added to a graph. States are `[batch, tokens,
/// hidden]`.
final class EncoderLayers {
  /// What is added to the score of a token that must not be seen. Nothing is as large, so that the
  /// sum is this number again, and no row of scores is all infinite.
  static final double UNSEEN = -Float.MAX_VALUE;

  private final GraphBuilder graph;
  private final EncoderWeights weights;
  private final EncoderConfig config;

  EncoderLayers(GraphBuilder graph, EncoderWeights weights, EncoderConfig config) {
    this.graph = graph;
    this.weights = weights;
    this.config = config;
  }

  /// The rows of a matrix, `[rows, hidden]`, that the ids name.
  String embedding(String ids, String name, int rows) {
    return graph.node("Gather", graph.weight(weights.tensor(name, rows, config.hidden())), ids);
  }

  String linear(String states, String name, int inputs, int outputs, boolean bias) {
    String weight = graph.weight(weights.map(name + ".weight", outputs, inputs));
    String product = graph.node("MatMul", states, weight);
    return bias
        ? graph.node("Add", product, graph.weight(weights.tensor(name + ".bias", outputs)))
        : product;
  }

  String norm(String states, String name, boolean bias) {
    String weight = graph.weight(weights.tensor(name + ".weight", config.hidden()));
    List<String> operands =
        bias
            ? List.of(states, weight, graph.weight(weights.tensor(name + ".bias", config.hidden())))
            : List.of(states, weight);
    return graph.node(
        "LayerNormalization",
        operands,
        Attribute.of("axis", -1),
        Attribute.real("epsilon", config.norms().epsilon()));
  }

  /// Cuts states into heads: `[batch, heads, tokens, headDim]`.
  String heads(String states) {
    String cut = graph.node("Reshape", states, graph.list(0, 0, config.heads(), config.headDim()));
    return graph.node("Transpose", List.of(cut), Attribute.list("perm", 0, 2, 1, 3));
  }

  /// What each token takes from the others: `[batch, heads, tokens, headDim]` three times to
  /// states.
  ///
  /// @param unseen added to the scores `[batch, heads, tokens, tokens]`, as [#UNSEEN] or 0
  String attention(String query, String key, String value, String unseen) {
    String turned = graph.node("Transpose", List.of(key), Attribute.list("perm", 0, 1, 3, 2));
    String scale = graph.scalar(1 / Math.sqrt(config.headDim()));
    String scores = graph.node("Mul", graph.node("MatMul", query, turned), scale);
    String masked = graph.node("Add", scores, unseen);
    String shares = graph.node("Softmax", List.of(masked), Attribute.of("axis", -1));
    String mixed = graph.node("MatMul", shares, value);
    String rows = graph.node("Transpose", List.of(mixed), Attribute.list("perm", 0, 2, 1, 3));
    return graph.node("Reshape", rows, graph.list(0, 0, config.hidden()));
  }

  /// [#UNSEEN] where the mask is 0: `[batch, tokens]` → `[batch, 1, 1, tokens]`.
  String unseenPadding(String mask) {
    String wide = graph.node("Unsqueeze", mask, graph.list(1, 2));
    return unseen(graph.node("Equal", wide, graph.scalar(0)));
  }

  /// [#UNSEEN] where the condition holds, else 0.
  String unseen(String condition) {
    String one = graph.node("Cast", List.of(condition), Attribute.to(ElementType.FLOAT));
    return graph.node("Mul", one, graph.scalar(UNSEEN));
  }

  /// The indices of the tokens: `[tokens]`, int64.
  String indices(String ids) {
    String length =
        graph.node("Shape", List.of(ids), Attribute.of("start", 1), Attribute.of("end", 2));
    String count = graph.node("Squeeze", length, graph.list(0));
    return graph.node("Range", graph.scalar(0), count, graph.scalar(1));
  }

  String activated(String x) {
    var functions = new ActivationGraph(graph);
    return switch (config.feedForward().activation()) {
      case GELU -> functions.gelu(x);
      case GELU_TANH -> functions.geluTanh(x);
      case RELU -> functions.relu(x);
      case SILU -> functions.silu(x);
    };
  }
}
