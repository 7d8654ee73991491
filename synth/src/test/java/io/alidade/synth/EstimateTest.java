package io.alidade.synth;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EstimateTest {
  @TempDir Path folder;

  private Estimate estimate(String llms) throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(file, "examples: 50\nbudget: {concurrency: 8}\n" + llms);
    return Estimate.of(
        GeneratePlan.of(Recipe.read(GenerateRecipe.class, file, List.of()), Map.of()));
  }

  /// A model in this process works on one call at a time, however many may be under way.
  @Test
  void time_modelInThisProcess_isThatOfAllCallsInARow() throws IOException {
    Estimate own = estimate("");
    Estimate served = estimate("llms: [{model: m, base_url: \"http://127.0.0.1:1/v1\"}]\n");

    assertThat(own.outputTokens()).isEqualTo(served.outputTokens());
    assertThat(own.time()).isGreaterThan(served.time().multipliedBy(8));
    assertThat(own.priced()).isTrue();
    assertThat(own.costly()).isFalse();
    assertThat(served.priced()).isFalse();
  }
}
