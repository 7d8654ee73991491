package io.alidade.model;

import io.alidade.core.PromptTemplate;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.encoder.Encoder;
import io.alidade.model.folder.AdaptedWeights;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.VectorHead;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;

/// Loads what a folder or library describes, ready to embed.
public final class Models {
  private Models() {}

  /// The embedder of a model folder, an adapter merged into its base. It takes over the
  /// description's tokenizer and closes its weights.
  public static TextEmbedder load(ModelDescription description) {
    // First, since it is quick and may be refused.
    VectorHead head = head(description);
    Transformer transformer;
    try (WeightSource weights =
        description
            .adapter()
            .map(adapter -> AdaptedWeights.of(description.weights(), adapter))
            .orElse(description.weights())) {
      transformer = transformer(description.config(), weights, DType.FLOAT32);
    }
    var settings = description.settings();
    return new TextEmbedder(
        description.name(),
        transformer,
        description.tokenizer(),
        settings.template(),
        head,
        settings.maxTokens());
  }

  /// A backbone as an embedder, untrained. It takes over the backbone's tokenizer and closes its
  /// weights.
  public static TextEmbedder load(Backbone backbone, Pooling pooling, int maxTokens) {
    Transformer transformer = transformer(backbone.config(), backbone.weights(), DType.FLOAT32);
    backbone.weights().close();
    return new TextEmbedder(
        backbone.name(),
        transformer,
        backbone.tokenizer(),
        PromptTemplate.E5,
        VectorHead.of(pooling),
        maxTokens);
  }

  /// How models of this kind are mostly pooled, for those that do not say it: decoders at their
  /// last token, encoders by the mean, as sentence-transformers does.
  public static Pooling usualPooling(TransformerConfig config) {
    return switch (config) {
      case DecoderConfig _ -> Pooling.LAST_TOKEN;
      case EncoderConfig _ -> Pooling.MEAN;
    };
  }

  /// A decoder or an encoder, as its configuration says.
  public static Transformer transformer(
      TransformerConfig config, WeightSource weights, DType dtype) {
    return switch (config) {
      case DecoderConfig decoder -> Decoder.load(decoder, weights, dtype);
      case EncoderConfig encoder -> Encoder.load(encoder, weights, dtype);
    };
  }

  private static VectorHead head(ModelDescription description) {
    return new VectorHead(
        description.settings().pooling(), description.loadDenseLayers(), description.truncated());
  }
}
