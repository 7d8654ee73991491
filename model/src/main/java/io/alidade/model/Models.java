package io.alidade.model;

import io.alidade.core.PromptTemplate;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.folder.AdapterDescription;
import io.alidade.model.folder.ModelDescription;
import io.alidade.model.lora.LoraAdapter;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import java.util.LinkedHashMap;

/// Loads what a folder or library describes, ready to embed.
public final class Models {
  private Models() {}

  /// The embedder of a model folder, an adapter merged into its base. It takes over the
  /// description's tokenizer and closes its weights.
  public static TextEmbedder load(ModelDescription description) {
    Decoder decoder = Decoder.load(description.config(), description.weights(), DType.FLOAT32);
    description.adapter().ifPresent(adapter -> merge(decoder, adapter));
    description.weights().close();
    var settings = description.settings();
    return new TextEmbedder(
        description.name(),
        decoder,
        description.tokenizer(),
        settings.template(),
        settings.pooling(),
        settings.maxTokens());
  }

  /// A backbone as an embedder, untrained. It takes over the backbone's tokenizer and closes its
  /// weights.
  public static TextEmbedder load(Backbone backbone, Pooling pooling, int maxTokens) {
    Decoder decoder = Decoder.load(backbone.config(), backbone.weights(), DType.FLOAT32);
    backbone.weights().close();
    return new TextEmbedder(
        backbone.name(), decoder, backbone.tokenizer(), PromptTemplate.E5, pooling, maxTokens);
  }

  private static void merge(Decoder decoder, AdapterDescription adapter) {
    try (var _ = TensorScope.open()) {
      var matrices = new LinkedHashMap<String, LoraAdapter.Matrices>();
      for (String module : adapter.modules()) {
        matrices.put(
            module,
            new LoraAdapter.Matrices(
                adapter.weights().tensor(AdapterDescription.nameOfA(module), DType.FLOAT32),
                adapter.weights().tensor(AdapterDescription.nameOfB(module), DType.FLOAT32)));
      }
      try (LoraAdapter lora =
          LoraAdapter.of(adapter.config(), decoder.config(), DType.FLOAT32, matrices)) {
        decoder.merge(lora);
      }
    } finally {
      adapter.weights().close();
    }
  }
}
