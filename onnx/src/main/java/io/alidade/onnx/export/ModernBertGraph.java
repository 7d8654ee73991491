package io.alidade.onnx.export;

import io.alidade.model.EncoderConfig;
import io.alidade.model.LayerAttention;
import io.alidade.model.weights.SafetensorsWriter.Item;
import io.alidade.onnx.graph.Attribute;
import io.alidade.onnx.graph.ElementType;
import io.alidade.onnx.graph.GraphBuilder;
import io.alidade.onnx.graph.Initializer;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// ModernBERT.
///
/// @see <a href="https://arxiv.org/abs/2412.13663">Warner et al., ModernBERT, 2024</a>
final class ModernBertGraph {
  private final GraphBuilder graph;
  private final EncoderConfig config;
  private final EncoderLayers layers;

  /// What layers of one kind share: which scores are unseen, and the rotation of each position.
  private record Kind(String unseen, String cosines, String sines) {}

  ModernBertGraph(GraphBuilder graph, EncoderWeights weights, EncoderConfig config) {
    this.graph = graph;
    this.config = config;
    this.layers = new EncoderLayers(graph, weights, config);
  }

  /// Adds the encoder.
  ///
  /// @return the last layer's states
  String states(EncoderInputs inputs) {
    String indices = layers.indices(inputs.ids());
    String padding = layers.unseenPadding(inputs.mask());
    Map<LayerAttention, Kind> kinds = new HashMap<>();
    for (LayerAttention attention : new LinkedHashSet<>(config.attention())) {
      kinds.put(attention, kind(attention, indices, padding));
    }
    String states =
        layers.embedding(inputs.ids(), "embeddings.tok_embeddings.weight", config.vocabulary());
    states = norm(states, "embeddings.norm");
    for (int layer = 0; layer < config.layers(); layer++) {
      Kind kind = Objects.requireNonNull(kinds.get(config.attention().get(layer)));
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
    return layers.norm(states, name, config.norms().bias());
  }

  /// Unseen where two tokens are further apart than the window reaches: `[tokens, tokens]`.
  private String beyondReach(String indices, int window) {
    String rows = graph.node("Unsqueeze", indices, graph.list(1));
    String columns = graph.node("Unsqueeze", indices, graph.list(0));
    String distance = graph.node("Abs", graph.node("Sub", rows, columns));
    return layers.unseen(graph.node("Greater", distance, graph.scalar(window - 1L)));
  }

  /// The cosines and sines are `[tokens, headDim]`, each half of it the same.
  private Kind kind(LayerAttention attention, String indices, String padding) {
    String unseen =
        isGlobal(attention)
            ? padding
            : graph.node("Min", padding, beyondReach(indices, attention.window()));
    String positions = graph.node("Cast", List.of(indices), Attribute.to(ElementType.FLOAT));
    String column = graph.node("Unsqueeze", positions, graph.list(1));
    String angles = graph.node("Mul", column, graph.weight(frequencies(attention)));
    String both = graph.node("Concat", List.of(angles, angles), Attribute.of("axis", -1));
    return new Kind(unseen, graph.node("Cos", both), graph.node("Sin", both));
  }

  private static boolean isGlobal(LayerAttention attention) {
    return attention.window() == LayerAttention.ALL;
  }

  /// The frequency of each pair, `[pairs]`, in float32 as transformers computes it.
  private Initializer frequencies(LayerAttention attention) {
    double theta = attention.rope().orElseThrow().theta();
    int pairs = config.headDim() / 2;
    var exponents = new float[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      exponents[pair] = 2f * pair / config.headDim();
    }
    return Initializer.of(
        new Item(
            isGlobal(attention) ? "rotary_emb.global.inv_freq" : "rotary_emb.local.inv_freq",
            DType.FLOAT32,
            List.of((long) pairs),
            () -> Tensor.of(exponents, pairs).powerOf(theta).inverse()));
  }

  private String attention(String states, Kind kind, String name) {
    int hidden = config.hidden();
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
    int half = config.headDim() / 2;
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
    int hidden = config.hidden();
    int width = config.intermediate();
    String joined =
        layers.linear(states, name + "Wi", hidden, 2 * width, config.feedForward().bias());
    List<String> parts =
        graph.node("Split", 2, List.of(joined, graph.list(width, width)), Attribute.of("axis", -1));
    String gated = graph.node("Mul", layers.activated(parts.get(0)), parts.get(1));
    return layers.linear(gated, name + "Wo", width, hidden, config.feedForward().bias());
  }
}
