package io.alidade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.FolderBackbone;
import io.alidade.model.head.Pooling;
import io.alidade.model.head.TextPooling;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {
  private static final List<TextInput> TEXTS =
      List.of(
          TextInput.document("the cat"),
          TextInput.query("Find the other", "the dog 12"),
          TextInput.document("x".repeat(90)));
  private static final long GIB = 1L << 30;

  @TempDir Path folder;

  private TextEmbedder load(LoadSettings settings, List<String> notes) throws IOException {
    Path file = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
    Backbone backbone = FolderBackbone.openGguf("tiny", "file " + file, file);
    return Models.load(backbone, TextPooling.LAST_TOKEN, 64, settings, notes::add);
  }

  private static LoadSettings settings(WeightPlacement weights, AttentionOverrides attention) {
    return new LoadSettings(weights, attention, OptionalInt.empty(), Optional.empty());
  }

  @Test
  void load_quantizedWeightsMapped_giveTheVectorsOfLoadedOnes() throws Exception {
    var notes = new ArrayList<String>();
    try (TextEmbedder loaded =
            load(settings(WeightPlacement.LOADED, AttentionOverrides.NONE), notes);
        TextEmbedder mapped =
            load(settings(WeightPlacement.MAPPED, AttentionOverrides.NONE), notes)) {
      assertThat(mapped.transformer().mapped()).isTrue();
      assertThat(loaded.transformer().mapped()).isFalse();
      float[][] expected = loaded.embed(TEXTS);
      float[][] found = mapped.embed(TEXTS);
      for (int i = 0; i < expected.length; i++) {
        assertThat(found[i]).containsExactly(expected[i], within(1e-6f));
      }
    }
    assertThat(notes).isEmpty();
  }

  @Test
  void load_maxTokens_cutsTexts() throws Exception {
    var cut =
        new LoadSettings(
            WeightPlacement.AUTO, AttentionOverrides.NONE, OptionalInt.of(9), Optional.empty());
    try (TextEmbedder embedder = load(cut, new ArrayList<>())) {
      assertThat(embedder.maxTokens()).isEqualTo(9);
      float[][] vectors =
          embedder.embed(
              List.of(TextInput.document("x".repeat(40)), TextInput.document("x".repeat(50))));
      assertThat(vectors[0]).containsExactly(vectors[1]);
    }
  }

  @Test
  void load_pooling_takesTheModelsPlace() throws Exception {
    var settings =
        new LoadSettings(
            WeightPlacement.AUTO,
            AttentionOverrides.NONE,
            OptionalInt.empty(),
            Optional.of(Pooling.MEAN));
    Path file = Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
    try (TextEmbedder asked = load(settings, new ArrayList<>());
        TextEmbedder mean =
            Models.load(FolderBackbone.openGguf("tiny", "file", file), Pooling.MEAN, 64);
        TextEmbedder own = load(LoadSettings.defaults(), new ArrayList<>())) {
      assertThat(asked.embed(TEXTS)).isDeepEqualTo(mean.embed(TEXTS));
      assertThat(asked.embed(TEXTS)[0]).isNotEqualTo(own.embed(TEXTS)[0]);
    }
  }

  @Test
  void load_otherAttention_givesOtherVectorsOrIsRefused() throws Exception {
    var notes = new ArrayList<String>();
    var base = new AttentionOverrides(false, OptionalInt.empty(), OptionalDouble.of(100));
    try (TextEmbedder plain = load(LoadSettings.defaults(), notes);
        TextEmbedder changed = load(settings(WeightPlacement.AUTO, base), notes)) {
      assertThat(changed.embed(TEXTS)[2]).isNotEqualTo(plain.embed(TEXTS)[2]);
    }
    var window = new AttentionOverrides(false, OptionalInt.of(3), OptionalDouble.empty());
    assertThatThrownBy(() -> load(settings(WeightPlacement.AUTO, window), notes).close())
        .isInstanceOf(UsageException.class);
  }

  @Test
  void maps_auto_isByHalfOfTheMemory() {
    assertThat(WeightPlacement.AUTO.maps(7_110_000_000L, 24 * GIB)).isTrue();
    assertThat(WeightPlacement.AUTO.maps(7_110_000_000L, 64 * GIB)).isFalse();
    assertThat(WeightPlacement.AUTO.maps(135_000_000, 2 * GIB)).isFalse();
    assertThat(WeightPlacement.AUTO.maps(Long.MAX_VALUE / 8, 0)).isFalse();
    assertThat(WeightPlacement.LOADED.maps(7_110_000_000L, GIB)).isFalse();
    assertThat(WeightPlacement.MAPPED.maps(1, GIB)).isTrue();
    assertThat(WeightPlacement.reason(7_110_000_000L, 25_300_000_000L))
        .startsWith(
            "7.1 billion weights are 28.4 GB as float32, more than half of this machine's 25.3 GB;");
  }
}
