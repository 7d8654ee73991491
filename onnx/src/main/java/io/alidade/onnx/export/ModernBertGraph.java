package io.alidade.onnx.export;

import io.alidade.model.weights.SafetensorsWriter.Item;
import io.alidade.onnx.graph.Attribute;
import io.alidade.onnx.graph.ElementType;
import io.alidade.onnx.graph.GraphBuilder;
import io.alidade.onnx.graph.Initializer;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// ModernBERT.
///
/// @see <a href="https://arxiv.org/abs/2412.13663">Warner et al., ModernBERT, 2024</a>
final class ModernBertGraph {
  private final GraphBuilder graph;
  private final EncoderConfig.ModernBert config;
  private final EncoderLayers layers;

  /// What layers of one kind share: which scores are unseen, and the rotation of each position.
  private record Kind(String unseen, String cosines, String sines) {}

  ModernBertGraph(GraphBuilder graph, EncoderWeights weights, EncoderConfig.ModernBert config) {
    this.graph = graph;
    this.config = config;
    this.layers = new EncoderLayers(graph, weights, config.common());
  }

  /// Adds the encoder.
  ///
  /// @return the last layer's states
  String states(EncoderInputs inputs) {
    String indices = layers.indices(inputs.ids());
    String padding = layers.unseenPadding(inputs.mask());
    Map<Boolean, Kind> kinds = new HashMap<>();
    for (boolean global : Set.copyOf(config.global())) {
      kinds.put(global, kind(global, indices, padding));
    }
    String states =
        layers.embedding(
            inputs.ids(), "embeddings.tok_embeddings.weight", config.common().vocabulary());
    states = norm(states, "embeddings.norm");
    for (int layer = 0; layer < config.common().layers(); layer++) {
      Kind kind = Objects.requireNonNull(kinds.get(config.global().get(layer)));
      String name = "layers.%d.".formatted(layer);
      // The first layer's input comes normalised from the embeddings.
      String input = layer == 0 ? states : norm(states, name + "attn_norm");
      states = graph.node("Add", states, attention(input, kind, name + "attn."));
      states =
          graph.node("Add", states, feedForward(norm(states, name + "mlp_norm"), name + "mlp."));
    }
    return norm(states, "final_norm");
  }

  private String norm(String states, String name) {
    return layers.norm(states, name, config.normBias());
  }

  /// Unseen where two tokens are further apart than the window reaches: `[tokens, tokens]`.
  private String beyondReach(String indices) {
    String rows = graph.node("Unsqueeze", indices, graph.list(1));
    String columns = graph.node("Unsqueeze", indices, graph.list(0));
    String distance = graph.node("Abs", graph.node("Sub", rows, columns));
    return layers.unseen(graph.node("Greater", distance, graph.scalar((long) config.reach())));
  }

  /// The cosines and sines are `[tokens, headDim]`, each half of it the same.
  private Kind kind(boolean global, String indices, String padding) {
    String unseen = global ? padding : graph.node("Min", padding, beyondReach(indices));
    String positions = graph.node("Cast", List.of(indices), Attribute.to(ElementType.FLOAT));
    String column = graph.node("Unsqueeze", positions, graph.list(1));
    String angles = graph.node("Mul", column, graph.weight(frequencies(global)));
    String both = graph.node("Concat", List.of(angles, angles), Attribute.of("axis", -1));
    return new Kind(unseen, graph.node("Cos", both), graph.node("Sin", both));
  }

  /// The frequency of each pair, `[pairs]`, in float32 as transformers computes it.
  private Initializer frequencies(boolean global) {
    double theta = global ? config.globalTheta() : config.localTheta();
    int pairs = config.common().headDim() / 2;
    var exponents = new float[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      exponents[pair] = 2f * pair / config.common().headDim();
    }
    return Initializer.of(
        new Item(
            global ? "rotary_emb.global.inv_freq" : "rotary_emb.local.inv_freq",
            DType.FLOAT32,
            List.of((long) pairs),
            () -> Tensor.of(exponents, pairs).powerOf(theta).inverse()));
  }

  private String attention(String states, Kind kind, String name) {
    int hidden = config.common().hidden();
    String joined =
        layers.linear(states, name + "Wqkv", hidden, 3 * hidden, config.attentionBias());
    List<String> parts =
        graph.node(
            "Split",
            3,
            List.of(joined, graph.list(hidden, hidden, hidden)),
            Attribute.of("axis", -1));
    String mixed =
        layers.attention(
            turned(layers.heads(parts.get(0)), kind),
            turned(layers.heads(parts.get(1)), kind),
            layers.heads(parts.get(2)),
            kind.unseen());
    return layers.linear(mixed, name + "Wo", hidden, hidden, config.attentionBias());
  }

  /// Turns the first half of each head against the second.
  private String turned(String heads, Kind kind) {
    int half = config.common().headDim() / 2;
    List<String> halves =
        graph.node("Split", 2, List.of(heads, graph.list(half, half)), Attribute.of("axis", -1));
    String crossed =
        graph.node(
            "Concat",
            List.of(graph.node("Neg", halves.get(1)), halves.get(0)),
            Attribute.of("axis", -1));
    return graph.node(
        "Add", graph.node("Mul", heads, kind.cosines()), graph.node("Mul", crossed, kind.sines()));
  }

  private String feedForward(String states, String name) {
    int hidden = config.common().hidden();
    int width = config.common().intermediate();
    String joined = layers.linear(states, name + "Wi", hidden, 2 * width, config.mlpBias());
    List<String> parts =
        graph.node("Split", 2, List.of(joined, graph.list(width, width)), Attribute.of("axis", -1));
    String gated = graph.node("Mul", layers.activated(parts.get(0)), parts.get(1));
    return layers.linear(gated, name + "Wo", width, hidden, config.mlpBias());
  }
}
