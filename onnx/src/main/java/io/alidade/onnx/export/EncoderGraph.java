package io.alidade.onnx.export;

import io.alidade.core.DataException;
import io.alidade.model.EncoderConfig;
import io.alidade.model.head.DenseLayer;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.VectorHead;
import io.alidade.onnx.folder.SentenceFolder;
import io.alidade.onnx.graph.Graph;
import io.alidade.onnx.graph.GraphBuilder;
import java.nio.file.Path;

/// The whole graph of an embedding model: its encoder, and what stands behind it.
record EncoderGraph(EncoderConfig config, EncoderWeights weights) {

  /// @param name of the graph, for people
  /// @param head the layers of the folder's modules; it must live until the graph is written
  Graph build(String name, SentenceFolder folder, VectorHead head) {
    var builder = new GraphBuilder();
    var inputs = EncoderInputs.declare(builder, BertGraph.asksForTypes(config));
    String encoded =
        switch (config.naming()) {
          case BERT -> new BertGraph(builder, weights, config).states(inputs);
          case MODERN_BERT -> new ModernBertGraph(builder, weights, config).states(inputs);
        };
    int hidden = config.hidden();
    String states =
        builder.output(
            "last_hidden_state", encoded, EncoderInputs.BATCH, EncoderInputs.TOKENS, "" + hidden);
    var sentences = new SentenceGraph(builder, states, inputs.mask());
    builder.output(
        "sentence_embedding",
        vectors(sentences, folder, head),
        EncoderInputs.BATCH,
        "" + head.dimensions(hidden));
    return builder.build(name);
  }

  private String vectors(SentenceGraph sentences, SentenceFolder folder, VectorHead head) {
    String vectors = sentences.pooled(pooling(folder, head));
    int width = config.hidden();
    for (int i = 0; i < head.layers().size(); i++) {
      DenseLayer layer = head.layers().get(i);
      Path module = folder.modules().denseFolders().get(i);
      requireInputs(module, layer, width);
      vectors = sentences.dense(vectors, layer, String.valueOf(module.getFileName()));
      width = (int) layer.weight().size(0);
    }
    int kept = head.dimensions(config.hidden());
    String cut = kept < width ? sentences.cut(vectors, kept) : vectors;
    return folder.modules().normalize() ? sentences.normalised(cut) : cut;
  }

  private static Pooling pooling(SentenceFolder folder, VectorHead head) {
    return head.pooling()
        .single()
        .orElseThrow(
            () ->
                new DataException(
                    folder.modules().transformer(),
                    "pools by %s; one mode over all tokens can be exported to ONNX"
                        .formatted(head.pooling())));
  }

  private static void requireInputs(Path module, DenseLayer layer, int width) {
    if (layer.weight().size(1) != width) {
      throw new DataException(
          module,
          "takes vectors of %d dimensions, but gets %d".formatted(layer.weight().size(1), width));
    }
  }
}
