package io.alidade.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.Progress;
import io.alidade.core.TextInput;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.head.Pooling;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PooledBackboneTest {
  private static final List<Pooling> POOLINGS = List.of(Pooling.LAST_TOKEN, Pooling.MEAN);
  private static final List<TextInput> TEXTS =
      List.of(
          TextInput.query("Find notes", "where do boats rest"),
          TextInput.document("They rest in the harbour."),
          TextInput.document("They rest in the harbour."),
          TextInput.document(""));

  @TempDir Path folder;

  private final InstalledModels models = new InstalledModels(_ -> {});

  private Backbone backbone() throws IOException {
    Path file = folder.resolve("tiny.gguf");
    Files.write(file, TinyModel.gguf(3));
    return models.library(Progress.NONE).open(file.toString());
  }

  @Test
  void embed_eachPooling_givesTheVectorsOfThatModelAlone() throws Exception {
    try (PooledBackbone both = models.backbone(backbone(), POOLINGS)) {
      for (Pooling pooling : POOLINGS) {
        try (LoadedModel alone = models.backbone(backbone(), pooling)) {
          assertThat(both.model(pooling).description()).isEqualTo(alone.description());
          assertSame(both.model(pooling).embedder().embed(TEXTS), alone.embedder().embed(TEXTS));
        }
      }
    }
  }

  @Test
  void embed_mixOfKnownAndNewTexts_keepsTheirOrder() throws Exception {
    try (PooledBackbone both = models.backbone(backbone(), POOLINGS)) {
      both.model(Pooling.MEAN).embedder().embed(List.of(TEXTS.get(1), TEXTS.get(3)));
      var mixed = new ArrayList<float[]>();
      for (TextInput text : TEXTS) {
        mixed.add(both.model(Pooling.LAST_TOKEN).embedder().embed(List.of(text))[0]);
      }
      float[][] together = both.model(Pooling.LAST_TOKEN).embedder().embed(TEXTS);
      assertSame(together, mixed.toArray(float[][]::new));
    }
  }

  private static void assertSame(float[][] actual, float[][] expected) {
    assertThat(actual).hasNumberOfRows(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).containsExactly(expected[i], within(1e-6f));
    }
  }
}
