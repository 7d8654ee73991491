package io.alidade.cli;

import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BaseReference;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.folder.EmbeddingSettings;
import io.alidade.model.folder.ModelContent;
import io.alidade.model.folder.ModelFolderWriter;
import io.alidade.model.weights.SafetensorsWriter;
import io.alidade.tensor.DType;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Folders of tiny random models.
final class TinyFolders {
  private TinyFolders() {}

  /// Writes a merged model.
  static Path model(Path folder, long seed) {
    try {
      Path file = Files.createTempFile("tiny", ".gguf");
      Files.write(file, TinyModel.gguf(seed));
      try (Backbone base = FolderBackbone.openGguf("tiny/model", "file", file)) {
        ModelFolderWriter.write(folder, content(base));
      }
      Files.delete(file);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ModelContent content(Backbone base) {
    return new ModelContent(
        "Tiny",
        base.config(),
        base.mergedConfig(),
        base.tokenizer(),
        EmbeddingSettings.lastToken(48),
        Optional.empty(),
        BaseReference.of(base),
        Optional.empty(),
        new ModelContent.Merged(
            base.weights().names().stream()
                .map(name -> SafetensorsWriter.Item.of(name, base.weights(), DType.FLOAT32))
                .toList()));
  }
}
