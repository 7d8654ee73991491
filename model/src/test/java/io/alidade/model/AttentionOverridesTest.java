package io.alidade.model;

import static io.alidade.model.TinyFamily.largestDifference;
import static io.alidade.model.TinyFamily.statesAlone;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.UsageException;
import io.alidade.model.decoder.Decoder;
import io.alidade.model.weights.SafetensorsFile;
import io.alidade.tensor.DType;
import io.alidade.tensor.TensorScope;
import io.alidade.testkit.Golden;
import java.nio.file.Path;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Attention changed on loading gives the states of transformers with the same change; goldens made
/// by `testkit/scripts/golden_overrides.py`.
class AttentionOverridesTest {
  @TempDir Path folder;

  @Test
  void apply_cases_equalTransformers() {
    JsonNode cases = Golden.json("overrides/overrides.json");
    try (var _ = TensorScope.open();
        var golden = SafetensorsFile.open(Golden.file("overrides/states.safetensors", folder))) {
      for (int i = 0; i < cases.size(); i++) {
        JsonNode given = cases.get(i);
        var family = new TinyFamily(given.path("model").asString(), folder);
        DecoderConfig config = overrides(given).apply(family.config());
        try (var weights = family.weights();
            Decoder decoder = Decoder.load(config, weights, DType.FLOAT32)) {
          assertThat(
                  largestDifference(
                      statesAlone(decoder, family.texts()),
                      golden.tensor("states." + i, DType.FLOAT32)))
              .as(given.toString())
              .isLessThan(1e-5);
        }
      }
    }
  }

  private static AttentionOverrides overrides(JsonNode given) {
    return new AttentionOverrides(
        given.path("bidirectional").asBoolean(false),
        given.has("window") ? OptionalInt.of(given.path("window").asInt()) : OptionalInt.empty(),
        given.has("rope_base")
            ? OptionalDouble.of(given.path("rope_base").asDouble())
            : OptionalDouble.empty());
  }

  @Test
  void apply_windowOfNone_letsAllBeSeen() {
    DecoderConfig config = new TinyFamily("mistral-window", folder).config();
    var all = new AttentionOverrides(false, OptionalInt.of(0), OptionalDouble.empty());
    assertThat(all.apply(config).attention().layers())
        .extracting(LayerAttention::window)
        .containsOnly(LayerAttention.ALL);
    assertThat(AttentionOverrides.NONE.apply(config)).isEqualTo(config);
  }

  @Test
  void apply_toModelThatAlreadySeesBothSides_changesNothing() {
    DecoderConfig config = new TinyFamily("gemma3-bidirectional", folder).config();
    assertThat(AttentionOverrides.ofBidirectional().apply(config)).isEqualTo(config);
  }

  @Test
  void apply_windowWhereNoLayerHasOne_isRefused() {
    DecoderConfig config = new TinyFamily("llama-default", folder).config();
    var window = new AttentionOverrides(false, OptionalInt.of(8), OptionalDouble.empty());
    assertThatThrownBy(() -> window.apply(config))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no layer of this model has a window");
  }

  @Test
  void new_impossibleValues_areRefused() {
    assertThatThrownBy(
            () -> new AttentionOverrides(false, OptionalInt.of(-1), OptionalDouble.empty()))
        .hasMessage("the window is -1; at least 0");
    for (double base : new double[] {1, Double.NaN}) {
      assertThatThrownBy(
              () -> new AttentionOverrides(false, OptionalInt.empty(), OptionalDouble.of(base)))
          .hasMessageContaining("over 1");
    }
  }
}
