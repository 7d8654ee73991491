package io.alidade.onnx.export;

import io.alidade.model.EncoderConfig;
import io.alidade.model.EncoderConfig.LearnedPositions;
import io.alidade.onnx.graph.Attribute;
import io.alidade.onnx.graph.ElementType;
import io.alidade.onnx.graph.GraphBuilder;
import java.util.List;

/// BERT and RoBERTa.
///
/// @see <a href="https://arxiv.org/abs/1810.04805">Devlin et al., BERT, 2018</a>
/// @see <a href="https://arxiv.org/abs/1911.02116">Conneau et al., XLM-R, 2019</a>
final class BertGraph {
  private final GraphBuilder graph;
  private final EncoderConfig config;
  private final EncoderLayers layers;

  BertGraph(GraphBuilder graph, EncoderWeights weights, EncoderConfig config) {
    this.graph = graph;
    this.config = config;
    this.layers = new EncoderLayers(graph, weights, config);
  }

  /// Whether the types of tokens are an input: of BERT, and not of RoBERTa, which has one type.
  static boolean asksForTypes(EncoderConfig config) {
    return config.positions().filter(positions -> positions.first() == 0).isPresent();
  }

  /// Adds the encoder.
  ///
  /// @return the last layer's states
  String states(EncoderInputs inputs) {
    String unseen = layers.unseenPadding(inputs.mask());
    String states = embeddings(inputs);
    for (int layer = 0; layer < config.layers(); layer++) {
      states = layer(states, unseen, "encoder.layer.%d.".formatted(layer));
    }
    return states;
  }

  private String embeddings(EncoderInputs inputs) {
    String words =
        layers.embedding(inputs.ids(), "embeddings.word_embeddings.weight", config.vocabulary());
    String types =
        layers.embedding(
            inputs.types().orElseGet(() -> graph.scalar(0)),
            "embeddings.token_type_embeddings.weight",
            config.tokenTypes());
    String positions =
        layers.embedding(
            positions(inputs.ids()), "embeddings.position_embeddings.weight", learned().rows());
    String sum = graph.node("Add", graph.node("Add", words, types), positions);
    return layers.norm(sum, "embeddings.LayerNorm", true);
  }

  /// Indices for BERT. RoBERTa numbers the tokens that are no padding from the padding's id on.
  private String positions(String ids) {
    if (learned().first() == 0) {
      return layers.indices(ids);
    }
    String padding = graph.scalar(learned().first() - 1L);
    String real = graph.node("Not", graph.node("Equal", ids, padding));
    String ones = graph.node("Cast", List.of(real), Attribute.to(ElementType.INT64));
    String counted = graph.node("CumSum", ones, graph.scalar(1));
    return graph.node("Add", graph.node("Mul", counted, ones), padding);
  }

  private LearnedPositions learned() {
    return config.positions().orElseThrow();
  }

  private String layer(String states, String unseen, String name) {
    String attended = normed(states, attention(states, unseen, name), name + "attention.output");
    int hidden = config.hidden();
    int intermediate = config.intermediate();
    String wide = layers.linear(attended, name + "intermediate.dense", hidden, intermediate, true);
    String narrow =
        layers.linear(layers.activated(wide), name + "output.dense", intermediate, hidden, true);
    return normed(attended, narrow, name + "output");
  }

  private String attention(String states, String unseen, String name) {
    String mixed =
        layers.attention(
            head(states, name + "attention.self.query"),
            head(states, name + "attention.self.key"),
            head(states, name + "attention.self.value"),
            unseen);
    return square(mixed, name + "attention.output.dense");
  }

  private String head(String states, String name) {
    return layers.heads(square(states, name));
  }

  private String square(String states, String name) {
    return layers.linear(states, name, config.hidden(), config.hidden(), true);
  }

  private String normed(String states, String change, String name) {
    return layers.norm(graph.node("Add", change, states), name + ".LayerNorm", true);
  }
}
