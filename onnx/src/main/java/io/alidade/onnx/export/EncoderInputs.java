package io.alidade.onnx.export;

import io.alidade.onnx.graph.ElementType;
import io.alidade.onnx.graph.GraphBuilder;
import java.util.Optional;

/// The inputs of an encoder's graph, under the names that transformers gives them: int64,
/// `[batch_size, sequence_length]`.
///
/// @param mask 1 for tokens, 0 for padding
/// @param types of the models that have them as an input
record EncoderInputs(String ids, String mask, Optional<String> types) {
  static final String BATCH = "batch_size";
  static final String TOKENS = "sequence_length";

  static EncoderInputs declare(GraphBuilder graph, boolean types) {
    return new EncoderInputs(
        declare(graph, "input_ids"),
        declare(graph, "attention_mask"),
        types ? Optional.of(declare(graph, "token_type_ids")) : Optional.empty());
  }

  private static String declare(GraphBuilder graph, String name) {
    return graph.input(name, ElementType.INT64, BATCH, TOKENS);
  }
}
