package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.core.AtomicFiles;
import io.alidade.core.TextInput;
import io.alidade.core.manifest.Manifest;
import io.alidade.model.Models;
import io.alidade.model.TextEmbedder;
import io.alidade.model.folder.GoldenCase;
import io.alidade.model.folder.ModelFolder;
import io.alidade.testkit.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class MergeCommandTest {
  @TempDir Path folder;
  private final CommandRunner runner = new CommandRunner();
  private String models = "";

  @BeforeEach
  void writeModels() {
    Path first = TinyFolders.model(folder.resolve("first"), 1);
    Path second = TinyFolders.model(folder.resolve("second"), 2);
    GoldenCase.writeAll(
        first, List.of(GoldenCase.of(TextInput.document("ab"), "ab", new float[] {1})));
    models = first + "," + second;
    AtomicFiles.writeText(
        folder.resolve("pairs.jsonl"),
        """
        {"sentence1": "abc", "sentence2": "abc", "score": 5}
        {"sentence1": "abc", "sentence2": "abz", "score": 3}
        {"sentence1": "abc", "sentence2": "xyz", "score": 0}
        """);
  }

  private static float[] vector(Path model) {
    var description =
        ModelFolder.open(
            model,
            base -> {
              throw new IllegalStateException(base.name());
            },
            ModelFolder.BaseCheck.REQUIRE_SAME);
    try (TextEmbedder embedder = Models.load(description)) {
      return embedder.embed(List.of(TextInput.document("ab")))[0];
    }
  }

  @Test
  void merge_twoModels_writesOneWithItsOwnGoldenVectors() {
    Path out = folder.resolve("out");
    Result result = runner.run("merge", "--models", models, "--method", "slerp", "--out", out);
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).isEqualTo("model   %s\n".formatted(out.resolve("model")));
    float[] vector = vector(out.resolve("model"));
    assertThat(vector)
        .isNotEqualTo(vector(folder.resolve("first")))
        .isNotEqualTo(vector(folder.resolve("second")));
    assertThat(GoldenCase.readAll(out.resolve("model")).getFirst().embedding())
        .hasSize(vector.length)
        .first()
        .isEqualTo(vector[0]);
    assertThat(Manifest.read(out).inputs()).hasSize(2);
  }

  @Test
  void merge_allOfOneModel_isThatModel() {
    Path out = folder.resolve("out");
    runner.run("merge", "--models", models, "--weights", "0,2", "--out", out);
    assertThat(vector(out.resolve("model"))).isEqualTo(vector(folder.resolve("second")));
  }

  @Test
  void merge_steps_measuresEachAndKeepsTheBest() {
    Path out = folder.resolve("out");
    Object[] command = {
      "merge",
      "--models",
      models,
      "--steps",
      "4",
      "--tasks",
      folder.resolve("pairs.jsonl"),
      "--out",
      out,
      "--json"
    };
    Result result = runner.run(command);
    assertThat(result.err()).doesNotContain("alidade:");
    JsonNode steps = JsonMapper.shared().readTree(result.out()).path("steps");
    assertThat(steps).hasSize(5);
    double best = 0;
    for (JsonNode step : steps) {
      best = Math.max(best, step.path("scores").path("pairs").asDouble());
    }
    int chosen = 0;
    while (!steps.get(chosen).path("best").asBoolean()) {
      chosen++;
    }
    assertThat(steps.get(chosen).path("scores").path("pairs").asDouble()).isEqualTo(best);
    assertThat(out.resolve("steps/0.250/summary.json")).exists();
    List<Object> plain = new ArrayList<>(List.of(command));
    plain.remove("--json");
    assertThat(runner.run(plain.toArray()).out())
        .startsWith("share of the second    mean   pairs\n              0.000  ")
        .contains("  best\n");
    // What is done is not done again, and says the same.
    var written = lastModified(out.resolve("model/model.safetensors"));
    assertThat(runner.run(command).out()).isEqualTo(result.out());
    assertThat(lastModified(out.resolve("model/model.safetensors"))).isEqualTo(written);
  }

  private static Object lastModified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--weights 1|--weights has 1 numbers for 2 models",
        "--weights 0,0|one of them above 0",
        "--weights 1,-1|must be at least 0",
        "--steps 2|--steps and --tasks belong together",
        "--steps 2 --weights 1,1 --tasks x|leave out --weights"
      })
  void merge_optionsThatDoNotFit_areRefused(String options, String message) {
    var words = new ArrayList<Object>(List.of("merge", "--models", models, "--out"));
    words.add(folder.resolve("out"));
    words.addAll(List.of(options.split(" ")));
    Result result = runner.run(words.toArray());
    assertThat(result.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(result.err()).contains(message);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void merge_modelsThatDoNotFit_leaveNothingBehind() {
    Path out = folder.resolve("out");
    Path other = Golden.sentenceTransformers("mean", folder.resolve("other"));
    Result result =
        runner.run("merge", "--models", folder.resolve("first") + "," + other, "--out", out);
    assertThat(result.err()).contains("first and other cannot be merged; they differ in: ");
    Result missing =
        runner.run("merge", "--models", folder.resolve("first") + "," + "nowhere", "--out", out);
    assertThat(missing.err()).isEqualTo("alidade: nowhere: is no folder\n");
    assertThat(out).doesNotExist();
  }

  @Test
  void merge_oneModel_isRefused() {
    Result result =
        runner.run("merge", "--models", folder.resolve("first"), "--out", folder.resolve("out"));
    assertThat(result.err()).contains("--models must name at least two models");
  }
}
