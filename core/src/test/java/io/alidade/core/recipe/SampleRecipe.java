package io.alidade.core.recipe;

import io.alidade.core.TaskKind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A recipe with everything one can hold, in the shape of a training recipe.
record SampleRecipe(
    @Required String backbone,
    List<Source> data,
    Objective objective,
    Lora lora,
    Map<String, Double> kinds,
    TaskKind kind,
    int maxTokens,
    long seed,
    boolean merge) {

  static SampleRecipe defaults() {
    return new SampleRecipe(
        "",
        List.of(),
        new Objective.InfoNce(0.02, true),
        new Lora(8, 32, 0.1),
        Map.of(),
        TaskKind.SHORT_LONG,
        512,
        42,
        true);
  }

  record Source(@Required Path path, double ratio, String instruction) {
    Source {
      if (ratio <= 0) {
        throw new IllegalArgumentException("ratio must be above 0, is " + ratio);
      }
    }

    static Source defaults() {
      return new Source(Path.of(""), 1, "");
    }
  }

  sealed interface Objective {
    record InfoNce(double temperature, boolean inBatchNegatives) implements Objective {
      static InfoNce defaults() {
        return new InfoNce(0.02, true);
      }
    }

    record CoSent(double scale) implements Objective {}
  }

  record Lora(int rank, int alpha, double dropout) {
    Lora {
      if (rank < 1) {
        throw new IllegalArgumentException("rank must be at least 1, is " + rank);
      }
      if (alpha < rank) {
        throw new IllegalArgumentException("an alpha below the rank weakens the adapter");
      }
    }

    static Lora defaults() {
      return new Lora(16, 32, 0.1);
    }
  }
}
