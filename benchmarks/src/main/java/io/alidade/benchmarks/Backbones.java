package io.alidade.benchmarks;

import io.alidade.core.AlidadeException;
import io.alidade.core.PromptTemplate;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.config.GgufConfig;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.folder.ModelFolder;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.VectorHead;
import io.alidade.model.tokenizer.GgufTokenizer;
import io.alidade.model.weights.GgufFile;
import io.alidade.model.weights.GgufWeights;
import io.alidade.tensor.DType;
import java.nio.file.Files;
import java.nio.file.Path;

/// Loads the backbone that both sides measure.
final class Backbones {
  private Backbones() {}

  /// Opens a GGUF file, or a model folder, which says itself how it pools and cuts.
  static TextEmbedder open(Path gguf, Pooling pooling, int maxTokens) {
    if (Files.isDirectory(gguf)) {
      return Models.load(
          ModelFolder.open(gguf, Backbones::noBase, ModelFolder.BaseCheck.REQUIRE_SAME));
    }
    try (GgufFile file = GgufFile.open(gguf)) {
      Decoder decoder = Decoder.load(GgufConfig.read(file), new GgufWeights(file), DType.FLOAT32);
      return new TextEmbedder(
          gguf.getFileName().toString(),
          decoder,
          GgufTokenizer.read(file),
          PromptTemplate.E5,
          VectorHead.of(pooling),
          maxTokens);
    }
  }

  private static Backbone noBase(BaseReference base) {
    throw new AlidadeException("an adapter of %s; a merged model is needed".formatted(base.name()));
  }
}
