package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `alidade train` on a tiny model with what people get wrong: one sentence each, and the corrected
/// command then runs in the same folder.
class TrainBadInputTest {
  private static final String GOOD = "{\"query\": \"q%1$d\", \"positive\": \"p%1$d\"}";

  @TempDir Path folder;
  private final CommandRunner runner = new CommandRunner();

  @BeforeEach
  void writeRecipe() throws IOException {
    runner.training = InstalledEngines.engines(System.err).training();
    Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(7));
    Files.write(folder.resolve("good.jsonl"), rows());
    Files.write(folder.resolve("one.jsonl"), rows().subList(0, 1));
    Files.writeString(folder.resolve("empty.jsonl"), "\n");
    Files.writeString(
        folder.resolve("lacking.jsonl"), GOOD.formatted(1) + "\n{\"query\": \"q\"}\n");
    Files.createDirectory(folder.resolve("nothing"));
    Files.writeString(
        folder.resolve("recipe.yaml"),
        """
        backbone: tiny.gguf
        data: [{path: good.jsonl}]
        tuning: {rank: 2}
        batch: {examples: 4}
        max_tokens: 24
        steps: 1
        """);
  }

  private static List<String> rows() {
    return IntStream.range(0, 8).mapToObj(GOOD::formatted).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data.0.path=none.jsonl     | 1 | none.jsonl: there is no such file
          data.0.path=none.parquet   | 1 | none.parquet: there is no such file
          data.0.path=nothing        | 1 | nothing: is a folder; a file of JSONL or Parquet is needed
          data.0.path=empty.jsonl    | 1 | empty.jsonl: holds no example; one JSON object a line is needed
          data.0.path=one.jsonl      | 2 | data holds one example; at least two are needed
          data.0.path=lacking.jsonl  | 1 | lacking.jsonl:2: no column "positive"; found query
          data.0.ratio=1e-9          | 2 | data.0.ratio, 1.0E-9, leaves no example of good.jsonl; raise it
          data.0.ratio=2             | 2 | set repeat to true if that is meant, or ratio to 1 at most
          batch.tokens=10            | 1 | good.jsonl:1: the texts have
          evaluation.tasks=[none]    | 1 | none: there is no such file or folder
          evaluation.tasks=[nothing] | 1 | nothing: is no task: it holds 0 .jsonl files
          lora.rank=4                | 2 | unknown key "lora"; did you mean "tuning", of type lora?
          tuning.targets=[qq]        | 2 | tuning.targets has "qq", which is none of q, k
          optimizer.learning_rate=.nan | 2 | optimizer.learning_rate is "NaN"; a number is needed
          batch.examples=1           | 2 | batch.examples must be at least 2
          steps                      | 2 | --set steps: write KEY=VALUE
          """)
  void train_badInput_isOneSentenceAndLeavesTheFolderFree(String set, int code, String message) {
    Result refused = train(set);
    assertThat(refused.code()).isEqualTo(code);
    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).startsWith("alidade: ").contains(message).hasLineCount(1);
    assertThat(train("steps=1").code()).isZero();
  }

  @Test
  void train_backboneFolderWithoutModel_saysWhatItLacks() {
    Path nothing = folder.resolve("nothing");
    assertThat(train("backbone=" + nothing).err())
        .isEqualTo(
            "alidade: %s: is no model: it has no config.json, as transformers' save_pretrained writes it\n"
                .formatted(nothing));
  }

  @Test
  void train_runOfAnotherRecipeOrBackbone_saysWhatDiffers() throws IOException {
    assertThat(train("steps=1").code()).isZero();
    assertThat(train("tuning.rank=4").err())
        .contains("holds a run with another recipe: tuning.rank (was 2, is 4); choose another");
    Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(8));
    assertThat(train("steps=1").err())
        .contains("holds a run on other inputs: ", "tiny.gguf (backbone) has changed since");
  }

  private Result train(String set) {
    return runner.run(
        "train",
        "--recipe",
        folder.resolve("recipe.yaml"),
        "--set",
        set,
        "--out",
        folder.resolve("run"));
  }
}
