package io.alidade.model.backbone;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.model.DecoderConfig;
import io.alidade.model.EncoderConfig;
import io.alidade.model.TransformerConfig;
import io.alidade.model.config.GgufConfig;
import io.alidade.model.config.GgufPooling;
import io.alidade.model.config.HuggingFaceConfig;
import io.alidade.model.config.JsonObject;
import io.alidade.model.decoder.LinearMaps;
import io.alidade.model.encoder.Encoder;
import io.alidade.model.tokenizer.GgufTokenizer;
import io.alidade.model.tokenizer.TokenizerFolder;
import io.alidade.model.transformer.FusedMap;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufWeights;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.model.weights.WeightSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Opens backbones that are on disk: transformers folders and GGUF files.
public final class FolderBackbone {
  private FolderBackbone() {}

  /// Opens a folder with `config.json`, `tokenizer.json` and `model.safetensors` or its shards.
  public static Backbone openFolder(String name, String source, Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder, "is no folder");
    }
    Path configFile = folder.resolve("config.json");
    if (!Files.exists(configFile)) {
      throw new DataException(
          folder, "is no model: it has no config.json, as transformers' save_pretrained writes it");
    }
    TransformerConfig config = HuggingFaceConfig.read(configFile);
    var weights = SafetensorsFile.openFolder(folder);
    return complete(
        weights,
        () ->
            new Backbone(
                name,
                source,
                config,
                JsonObject.read(configFile),
                Optional.empty(),
                weights,
                TokenizerFolder.read(folder)));
  }

  /// Opens a GGUF file of a decoder or an encoder, which holds configuration and tokenizer too.
  public static Backbone openGguf(String name, String source, Path path) {
    GgufFile file = GgufFile.open(path);
    return complete(
        file,
        () ->
            new Backbone(
                name,
                source,
                GgufConfig.transformer(file),
                GgufConfig.json(file),
                GgufPooling.read(file),
                new GgufWeights(file),
                GgufTokenizer.read(file)));
  }

  private interface Opening {
    Backbone open();
  }

  /// Closes the file again if the rest cannot be read.
  private static Backbone complete(AutoCloseable file, Opening rest) {
    try {
      Backbone backbone = rest.open();
      requireWeights(backbone.config(), backbone.weights(), backbone.source());
      requireRows(backbone);
      return backbone;
    } catch (RuntimeException e) {
      closeAfter(file, e);
      throw e;
    }
  }

  private static void closeAfter(AutoCloseable file, RuntimeException problem) {
    try {
      file.close();
    } catch (Exception e) {
      problem.addSuppressed(e);
    }
  }

  /// A token without a row in the embedding matrix would end the process in native code.
  private static void requireRows(Backbone backbone) {
    int highest = backbone.tokenizer().json().highestId();
    int rows = backbone.config().vocabulary();
    if (highest >= rows) {
      throw new AlidadeException(
          "%s: the tokenizer has ids up to %d, the embedding matrix has %d rows; the tokenizer is that of another model"
              .formatted(backbone.source(), highest, rows));
    }
  }

  /// A first look, so that a file of another model is refused before any work.
  private static void requireWeights(
      TransformerConfig config, WeightSource weights, String source) {
    switch (config) {
      case DecoderConfig decoder -> {
        requireShape(weights, source, "embed_tokens", config.vocabulary(), config.hidden());
        LinearMaps.of(decoder).forEach(map -> requireShape(weights, source, map));
        weights.shape("norm.weight");
      }
      case EncoderConfig encoder -> {
        List<String> landmarks = Encoder.landmarks(encoder);
        String embeddings = landmarks.getFirst().replaceFirst("\\.weight$", "");
        requireShape(weights, source, embeddings, config.vocabulary(), config.hidden());
        landmarks.forEach(weights::shape);
      }
    }
  }

  private static void requireShape(WeightSource weights, String source, FusedMap map) {
    if (map.joined().isPresent()) {
      requireShape(weights, source, map.joined().get(), map.outputs(), map.inputs());
    } else {
      for (FusedMap.Part part : map.parts()) {
        requireShape(weights, source, part.name(), part.outputs(), map.inputs());
      }
    }
  }

  private static void requireShape(
      WeightSource weights, String source, String module, long rows, long columns) {
    String name = module + ".weight";
    List<Long> wanted = List.of(rows, columns);
    List<Long> found = Arrays.stream(weights.shape(name)).boxed().toList();
    if (!found.equals(wanted)) {
      throw new AlidadeException(
          "%s: %s has shape %s, the configuration asks for %s"
              .formatted(source, name, found, wanted));
    }
  }
}
