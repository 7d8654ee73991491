package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.recipe.Recipe;
import io.alidade.train.objective.CoSent;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.objective.Objective;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The recipes that are shipped.
class RecipeFilesTest {
  @Test
  void read_shippedRecipes_haveTheirObjectives() {
    assertThat(recipe("quickstart").objective()).isEqualTo(InfoNce.defaults());
    assertThat(recipe("graded-pairs").objective()).isEqualTo(new CoSent(20));
    assertThat(recipe("simcse").objective()).isEqualTo(new InfoNce(0.05, true));
    assertThat(recipe("simcse").tuning().dropout()).isPositive();
  }

  /// What the comments offer binds, too.
  @Test
  void read_objectivesOfTheComments_areThere() {
    for (String objective :
        List.of(
            "{type: angle}",
            "{type: cosine-mse, least: 0, greatest: 5}",
            "{type: matryoshka, dims: [576, 256, 64], objective: {type: co-sent}}")) {
      Objective bound = recipe("graded-pairs", "objective=" + objective).objective();
      assertThat(bound.hardNegatives()).isEqualTo(Objective.HardNegatives.UNUSED);
    }
  }

  private static TrainRecipe recipe(String name, String... more) {
    Path file = Path.of("..", "recipes", name + ".yaml");
    return Recipe.read(TrainRecipe.class, file, List.of(more)).settings();
  }
}
