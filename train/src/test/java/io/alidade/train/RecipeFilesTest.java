package io.alidade.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.core.recipe.Recipe;
import io.alidade.train.mixture.DataSource;
import io.alidade.train.mixture.Pairing;
import io.alidade.train.objective.CoSent;
import io.alidade.train.objective.InfoNce;
import io.alidade.train.objective.Objective;
import io.alidade.train.objective.Softmax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The recipes that are shipped.
class RecipeFilesTest {
  private static final Path FOLDER = Path.of("..", "recipes");

  static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml") && !name.startsWith("generate"))
          .map(name -> name.replace(".yaml", ""))
          .sorted()
          .toList();
    }
  }

  /// Each names what users must give in the lines above the keys.
  @ParameterizedTest
  @MethodSource("names")
  void read_anyShippedRecipe_bindsAndSaysHowToRunIt(String name) throws IOException {
    assertThat(recipe(name).data()).isNotEmpty();
    assertThat(Files.readString(FOLDER.resolve(name + ".yaml")))
        .startsWith("#")
        .contains("./alidade train --recipe recipes/%s.yaml".formatted(name));
  }

  /// Section 4.1 of the paper: the sets that are sampled, and the two of several instructions.
  @Test
  void read_paperFullData_hasItsSetsRatiosAndInstructions() {
    TrainRecipe full = recipe("paper-full-data");
    Map<String, Double> sampled = new TreeMap<>();
    for (DataSource source : full.data()) {
      String name = String.valueOf(source.path().getFileName()).replace(".jsonl", "");
      if (source.ratio() != 1) {
        sampled.put(name, source.ratio());
      }
      boolean said = !source.instruction().isEmpty() || source.instructions().size() == 2;
      assertThat(said).as(name).isEqualTo(!name.equals("synthetic"));
    }
    // Synthetic data, and 13 sets of which MS MARCO is in two forms.
    assertThat(full.data()).hasSize(15);
    assertThat(sampled)
        .isEqualTo(
            Map.of(
                "eli5", 0.1,
                "msmarco-passage", 0.5,
                "msmarco-document", 0.2,
                "quora-duplicates", 0.1,
                "t2ranking", 0.5));
    assertThat(full.data()).filteredOn(source -> source.instructions().size() == 2).hasSize(2);
  }

  @Test
  void read_paperSettings_areThePapersDefaultsOverOtherData() {
    TrainRecipe usual = TrainRecipe.defaults();
    for (String name :
        List.of("paper-full-data", "paper-synthetic-only", "paper-synthetic-msmarco")) {
      TrainRecipe recipe = recipe(name);
      assertThat(recipe.objective()).isEqualTo(usual.objective());
      assertThat(recipe.tuning()).isEqualTo(usual.tuning());
      assertThat(recipe.batch()).isEqualTo(usual.batch());
      assertThat(recipe.optimizer()).isEqualTo(usual.optimizer());
      assertThat(recipe.maxTokens()).isEqualTo(512);
    }
    assertThat(recipe("paper-full-data").data())
        .containsAll(recipe("paper-synthetic-msmarco").data())
        .containsAll(recipe("paper-synthetic-only").data());
  }

  @Test
  void read_shippedRecipes_haveTheirObjectives() {
    assertThat(recipe("quickstart").objective()).isEqualTo(InfoNce.defaults());
    assertThat(recipe("graded-pairs").objective()).isEqualTo(new CoSent(20));
    assertThat(recipe("simcse").objective()).isEqualTo(new InfoNce(0.05, true));
    assertThat(recipe("simcse").tuning().dropout()).isPositive();
    assertThat(recipe("simcse-supervised").objective()).isEqualTo(new InfoNce(0.05, true));
    assertThat(recipe("sentence-bert-nli").objective()).isEqualTo(Softmax.defaults());
    assertThat(recipe("contriever").data().getFirst().pairs()).isEqualTo(Pairing.Crops.defaults());
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
    Path file = FOLDER.resolve(name + ".yaml");
    return Recipe.read(TrainRecipe.class, file, List.of(more)).settings();
  }
}
