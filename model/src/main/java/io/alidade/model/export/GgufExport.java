package io.alidade.model.export;

import io.alidade.core.AlidadeException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.EncoderConfig;
import io.alidade.model.config.GgufPooling;
import io.alidade.model.folder.EmbeddingSettings;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.head.TextPooling;
import io.alidade.model.tokenizer.GgufTokenizerMetadata;
import io.alidade.model.weights.GgufArchitecture;
import io.alidade.model.weights.GgufContent;
import io.alidade.model.weights.GgufTensor;
import io.alidade.model.weights.GgufType;
import io.alidade.model.weights.GgufWriter;
import io.alidade.model.weights.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Puts a model into the terms of a GGUF file: its shape, its tokenizer and its tensors.
final class GgufExport {
  private static final int QUANTIZATION_VERSION = 2;

  private final ModelDescription model;
  private final WeightSource weights;
  private final GgufType type;
  private final Path file;
  private final DecoderConfig config;
  private final GgufShape shape;
  private final GgufTokenizerMetadata tokenizer;

  GgufExport(ModelDescription model, WeightSource weights, GgufType type, Path file) {
    this.model = model;
    this.weights = weights;
    this.type = type;
    this.file = file;
    this.config = decoder(model);
    this.shape = new GgufShape(config, model.settings().maxTokens());
    this.tokenizer = GgufTokenizerMetadata.of(model.tokenizer(), model.config().vocabulary());
  }

  private static DecoderConfig decoder(ModelDescription model) {
    return switch (model.config()) {
      case DecoderConfig config -> config;
      case EncoderConfig _ ->
          throw new AlidadeException(
              model.name()
                  + " is an encoder; GGUF files are written for decoders, and ONNX for encoders");
    };
  }

  List<String> warnings() {
    var warnings = new ArrayList<>(tokenizer.warnings());
    shape.warning().ifPresent(warnings::add);
    return warnings;
  }

  /// What is to be written, checked to mean this model.
  GgufContent content() {
    var tensors = new ArrayList<>(shape.factors());
    for (String name : weights.names()) {
      // An output layer is no part of an embedding model.
      if (!name.equals(WeightSource.OUTPUT_LAYER)) {
        tensors.add(tensor(name));
      }
    }
    var content = new GgufContent(file, metadata(), tensors);
    shape.requireSaidBy(content);
    return content;
  }

  private GgufTensor tensor(String name) {
    GgufArchitecture architecture = shape.architecture();
    String ggmlName =
        architecture
            .ggmlName(name)
            .orElseThrow(
                () ->
                    new AlidadeException(
                        "tensor %s has no place in a GGUF file of architecture %s"
                            .formatted(name, architecture.label())));
    return GgufTensor.of(ggmlName, name, weights, architecture, type, heads(name));
  }

  private int heads(String name) {
    return name.contains(".k_proj.") ? config.keyHeads() : config.heads();
  }

  private Map<String, Object> metadata() {
    EmbeddingSettings settings = model.settings();
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put(GgufArchitecture.KEY, shape.architecture().label());
    metadata.put("general.type", "model");
    metadata.put("general.name", model.name());
    metadata.put("general.description", description(settings));
    metadata.put("general.alignment", GgufWriter.ALIGNMENT);
    metadata.put("general.file_type", type.fileType());
    metadata.put("general.quantization_version", QUANTIZATION_VERSION);
    metadata.putAll(shape.metadata());
    metadata.put(shape.architecture().key(GgufPooling.KEY), pooling(settings));
    metadata.putAll(tokenizer.metadata());
    return metadata;
  }

  /// A GGUF file has no place for the template that queries need, so people are told.
  private static String description(EmbeddingSettings settings) {
    return "A text-embedding model. Queries: %s. Documents: %s{text}. Up to %d tokens."
        .formatted(
            settings.template().query(),
            settings.template().documentPrefix(),
            settings.maxTokens());
  }

  private int pooling(EmbeddingSettings settings) {
    TextPooling pooling = settings.pooling();
    return pooling
        .single()
        .flatMap(GgufPooling::number)
        .orElseThrow(
            () ->
                new AlidadeException(
                    "%s pools by %s, which llama.cpp cannot; last token, mean and CLS it can"
                        .formatted(model.name(), pooling)));
  }
}
