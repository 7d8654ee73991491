package io.alidade.model;

import io.alidade.core.Hardware;
import io.alidade.core.PromptTemplate;
import io.alidade.core.UsageException;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.decoder.LinearMaps;
import io.alidade.model.encoder.Encoder;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.head.DenseLayer;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.model.head.VectorHead;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.transformer.Transformer;
import io.alidade.model.weights.WeightSource;
import io.alidade.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Loads what a folder or library describes, ready to embed.
public final class Models {
  private Models() {}

  /// The embedder of a model folder as its files say.
  public static TextEmbedder load(ModelDescription description) {
    return load(description, LoadSettings.defaults(), _ -> {});
  }

  /// The embedder of a model folder, an adapter merged into its base. It takes over the
  /// description's tokenizer and weights, and closes the latter when it needs them no more.
  ///
  /// @param notes told in a line when the weights stay mapped without having been asked to
  public static TextEmbedder load(
      ModelDescription description, LoadSettings settings, Consumer<String> notes) {
    // First, since both are quick and may be refused.
    TransformerConfig config = settings.attention().apply(description.config());
    VectorHead head = head(description.loadHead(), config, settings);
    return new TextEmbedder(
        description.name(),
        transformer(config, description.mergedWeights(), settings.weights(), notes),
        description.tokenizer(),
        description.settings().template(),
        head,
        settings.maxTokens().orElse(description.settings().maxTokens()));
  }

  /// The head with the pooling that is asked for, which must be as wide as layers behind it take.
  private static VectorHead head(VectorHead own, TransformerConfig config, LoadSettings settings) {
    VectorHead head = own.withPooling(settings.pooling(own.pooling()));
    int given = head.pooling().width(config.hidden());
    Optional<DenseLayer> behind = own.layers().stream().findFirst();
    if (behind.isPresent() && behind.get().weight().size(1) != given) {
      own.close();
      throw new UsageException(
          "pooling gives %d values, but the layer behind it takes %d; leave it as it is"
              .formatted(given, behind.get().weight().size(1)));
    }
    return head;
  }

  /// A backbone as an embedder, untrained. It takes over the backbone's tokenizer and weights.
  public static TextEmbedder load(Backbone backbone, Pooling pooling, int maxTokens) {
    TextPooling single = TextPooling.of(pooling);
    return load(backbone, single, maxTokens, LoadSettings.defaults(), _ -> {});
  }

  /// As [#load(Backbone, Pooling, int)], loaded by settings.
  ///
  /// @param pooling where the settings do not say it
  /// @param maxTokens likewise
  /// @param notes as in [#load(ModelDescription, LoadSettings, Consumer)]
  public static TextEmbedder load(
      Backbone backbone,
      TextPooling pooling,
      int maxTokens,
      LoadSettings settings,
      Consumer<String> notes) {
    TransformerConfig config = settings.attention().apply(backbone.config());
    return new TextEmbedder(
        backbone.name(),
        transformer(config, backbone.weights(), settings.weights(), notes),
        backbone.tokenizer(),
        PromptTemplate.E5,
        VectorHead.of(Optional.empty(), settings.pooling(pooling)),
        settings.maxTokens().orElse(maxTokens));
  }

  /// Closes the weights unless the model stays on them.
  private static Transformer transformer(
      TransformerConfig config,
      WeightSource weights,
      WeightPlacement placement,
      Consumer<String> notes) {
    if (config instanceof DecoderConfig decoder && maps(decoder, placement, notes)) {
      return mapped(decoder, weights);
    }
    try (weights) {
      if (config instanceof EncoderConfig && placement == WeightPlacement.MAPPED) {
        throw new UsageException("the weights of encoders are always loaded, and not mapped");
      }
      return transformer(config, weights, DType.FLOAT32);
    }
  }

  private static boolean maps(
      DecoderConfig config, WeightPlacement placement, Consumer<String> notes) {
    long parameters = LinearMaps.parameters(config);
    long memory = Hardware.current().memoryBytes();
    boolean maps = placement.maps(parameters, memory);
    if (maps && placement == WeightPlacement.AUTO) {
      notes.accept(WeightPlacement.reason(parameters, memory));
    }
    return maps;
  }

  private static Decoder mapped(DecoderConfig config, WeightSource weights) {
    try {
      return Decoder.map(config, weights, DType.FLOAT32);
    } catch (RuntimeException e) {
      weights.close();
      throw e;
    }
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
    return transformer(config, weights, ComputeTypes.of(dtype));
  }

  /// As [#transformer(TransformerConfig, WeightSource, DType)], in several types.
  public static Transformer transformer(
      TransformerConfig config, WeightSource weights, ComputeTypes types) {
    return switch (config) {
      case DecoderConfig decoder -> Decoder.load(decoder, weights, types);
      case EncoderConfig encoder -> Encoder.load(encoder, weights, types);
    };
  }

  /// The linear maps of a model of this shape, in the order of the forward pass.
  public static List<FusedMap> linearMaps(TransformerConfig config) {
    return switch (config) {
      case DecoderConfig decoder -> LinearMaps.of(decoder);
      case EncoderConfig encoder -> Encoder.linearMaps(encoder);
    };
  }
}
