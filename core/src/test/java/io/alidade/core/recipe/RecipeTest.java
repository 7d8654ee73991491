package io.alidade.core.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.alidade.core.DataException;
import io.alidade.core.TaskKind;
import io.alidade.core.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecipeTest {
  private static final String FULL =
      """
      backbone: org/model
      data:
        - path: data/train.jsonl
          ratio: 0.5
          instruction: Given a question, find its answer
        - {path: more.jsonl}
      objective: {type: co-sent, scale: 20}
      lora: {rank: 4, alpha: 8, dropout: 0}
      kinds: {short-long: 0.33, sts: 1e-1}
      kind: bitext
      max_tokens: 48
      seed: 7
      merge: false
      """;

  @TempDir Path folder;

  @Test
  void read_everyKeyGiven_bindsEach() throws IOException {
    SampleRecipe recipe = read(FULL).settings();

    assertThat(recipe)
        .isEqualTo(
            new SampleRecipe(
                "org/model",
                List.of(
                    new SampleRecipe.Source(
                        Path.of("data/train.jsonl"), 0.5, "Given a question, find its answer"),
                    new SampleRecipe.Source(Path.of("more.jsonl"), 1, "")),
                new SampleRecipe.Objective.CoSent(20),
                new SampleRecipe.Lora(4, 8, 0),
                Map.of("short-long", 0.33, "sts", 0.1),
                TaskKind.BITEXT,
                48,
                7,
                false));
  }

  @Test
  void read_keysLeftOut_takeTheDefaultsOfTheOuterRecord() throws IOException {
    SampleRecipe recipe = read("backbone: b\nlora: {alpha: 64}\nseed:\n").settings();

    assertThat(recipe.lora()).isEqualTo(new SampleRecipe.Lora(8, 64, 0.1));
    assertThat(recipe.objective()).isEqualTo(new SampleRecipe.Objective.InfoNce(0.02, true));
    assertThat(recipe.seed()).isEqualTo(42);
  }

  @Test
  void read_overrides_replaceAndAdd() throws IOException {
    SampleRecipe recipe =
        read(
                FULL,
                "data.0.ratio=0.25",
                "data.2.path=third.jsonl",
                "lora={rank: 2, alpha: 2}",
                "objective.type=info-nce",
                "objective.scale=",
                "objective.temperature=5e-2",
                "seed=null")
            .settings();

    assertThat(recipe.data())
        .extracting(SampleRecipe.Source::path, SampleRecipe.Source::ratio)
        .containsExactly(
            tuple(Path.of("data/train.jsonl"), 0.25),
            tuple(Path.of("more.jsonl"), 1.0),
            tuple(Path.of("third.jsonl"), 1.0));
    assertThat(recipe.lora()).isEqualTo(new SampleRecipe.Lora(2, 2, 0.1));
    assertThat(recipe.objective()).isEqualTo(new SampleRecipe.Objective.InfoNce(0.05, true));
    assertThat(recipe.seed()).isEqualTo(42);
  }

  @Test
  void tree_readBack_givesTheSameRecipe() throws IOException {
    Recipe<SampleRecipe> first = read(FULL);

    Recipe<SampleRecipe> second = read(RecipeTree.yaml(first.tree()));

    assertThat(second.settings()).isEqualTo(first.settings());
    assertThat(RecipeDifference.between(first.tree(), second.tree())).isEmpty();
  }

  @Test
  void between_otherRecipe_namesEachKeyWithBothValues() throws IOException {
    Recipe<SampleRecipe> first = read(FULL);
    Recipe<SampleRecipe> second = read(FULL, "seed=8", "data.1.ratio=2", "lora.dropout=0.0");

    assertThat(RecipeDifference.summary(RecipeDifference.between(first.tree(), second.tree())))
        .isEqualTo("data.1.ratio (was 1.0, is 2.0), seed (was 7, is 8)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          lora.rnak=8       | unknown key "lora.rnak"; did you mean "lora.rank"? Allowed under lora are: rank, alpha, dropout
          sede=1            | unknown key "sede"; did you mean "seed"?
          data.0.xyzzy=1    | unknown key "data.0.xyzzy"; allowed under data.0 are: path, ratio, instruction
          lora.rank=many    | lora.rank is "many"; a whole number is needed
          lora.rank=2.5     | lora.rank is 2.5; a whole number from
          lora.rank=3000000000 | lora.rank is 3000000000; a whole number from
          lora.dropout=.nan | lora.dropout is
          lora.rank=0       | lora.rank must be at least 1, is 0
          lora.alpha=1      | lora: an alpha below the rank weakens the adapter
          data.0.ratio=-1   | data.0.ratio must be above 0, is -1.0
          lora=5            | lora is 5; a group of the keys rank, alpha, dropout is needed
          data=x            | data is "x"; a list is needed, such as [a, b]
          data.0=[]         | data.0 is []; a group of the keys
          data.2.ratio=1    | key "data.2.path" is missing
          backbone=null     | key "backbone" is missing
          backbone=[a]      | backbone is ["a"]; a text is needed
          kind=bytext       | allowed are short-long, long-short, short-short, long-long, sts, bitext; did you mean "bitext"?
          kinds=1           | kinds is 1; names with values are needed
          merge=maybe       | merge is "maybe"; true or false is needed
          objective.type=x  | objective.type is "x"; allowed are co-sent, info-nce
          info-nce.scale=1  | unknown key "info-nce"; did you mean "objective", of type info-nce? Allowed are: backbone
          objective=1       | objective is 1; a group such as {type: co-sent} is needed, of a type of co-sent, info-nce
          objective=info-nce | a group such as {type: info-nce} is needed
          lora.rank         | --set lora.rank: write KEY=VALUE
          =1                | --set =1: write KEY=VALUE
          lora..rank=1      | write KEY=VALUE
          seed={            | the value is broken YAML
          seed.x=1          | seed is 7, which has no keys
          data.9.ratio=1    | data is a list of 2; "9" must be an index from 0 to 2
          data.x=1          | data is a list of 2; "x" must be an index from 0 to 2
          """)
  void read_badOverride_saysWhatIsAllowed(String assignment, String message) {
    assertThatThrownBy(() -> read(FULL, assignment))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(message);
  }

  @Test
  void read_badFiles_nameFileAndLine() throws IOException {
    assertThatThrownBy(() -> read("a: 1\nb: [1\n"))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "recipe.yaml:3: broken YAML: expected ',' or ']', but got <stream end>");
    assertThatThrownBy(() -> read("a: 1\nb:\n\tc: 2\n"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("recipe.yaml:3: broken YAML: found character '\\t(TAB)' that cannot");
    assertThatThrownBy(() -> Recipe.read(SampleRecipe.class, folder, List.of()))
        .hasMessage(folder + ": is a folder; a file is needed");
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', (byte) 0xe9});
    assertThatThrownBy(() -> Recipe.read(SampleRecipe.class, latin, List.of()))
        .hasMessage(latin + ": is not UTF-8; convert it to UTF-8");
    assertThatThrownBy(() -> read("seed: 1\nseed: 2\n"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("recipe.yaml:2: broken YAML");
    assertThatThrownBy(() -> read("- a\n"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("must be keys with values");
    assertThatThrownBy(() -> read("")).hasMessageContaining("key \"backbone\" is missing");
    assertThatThrownBy(
            () -> Recipe.read(SampleRecipe.class, folder.resolve("none.yaml"), List.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("there is no such recipe");
  }

  @Test
  void resolve_relativePath_startsAtTheRecipe() throws IOException {
    Recipe<SampleRecipe> recipe = read(FULL);

    assertThat(recipe.resolve(Path.of("../data"))).isEqualTo(folder.resolveSibling("data"));
    assertThat(recipe.resolve(folder)).isEqualTo(folder);
  }

  private Recipe<SampleRecipe> read(String yaml, String... overrides) throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(file, yaml);
    return Recipe.read(SampleRecipe.class, file, List.of(overrides));
  }
}
