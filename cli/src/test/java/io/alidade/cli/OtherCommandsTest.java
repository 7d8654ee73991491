package io.alidade.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.cli.CommandRunner.Result;
import io.alidade.cli.engine.InstalledModels;
import io.alidade.cli.engine.QuickstartEngine;
import io.alidade.cli.engine.TrainingEngine;
import io.alidade.core.AtomicFiles;
import io.alidade.core.ExampleId;
import io.alidade.core.TaskKind;
import io.alidade.core.manifest.Input;
import io.alidade.core.manifest.Manifest;
import io.alidade.core.recipe.RecipeTree;
import io.alidade.data.TaskType;
import io.alidade.eval.MeasuredModel;
import io.alidade.eval.PairedBootstrap.Difference;
import io.alidade.eval.RunComparison;
import io.alidade.testkit.Golden;
import io.alidade.train.TrainRecipe;
import io.alidade.train.Trainer;
import io.alidade.train.Tuning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OtherCommandsTest {
  @TempDir Path folder;
  private final CommandRunner runner = new CommandRunner();

  @Test
  void train_recipe_isResolvedWithItsOverrides() {
    Path recipe = recipe("backbone: b\ndata:\n  - path: train.jsonl\nsteps: 90\n");
    var given = new ArrayList<TrainRecipe>();
    TrainingEngine usual = runner.training;
    runner.training =
        (resolved, out, progress, signal) -> {
          given.add(resolved.settings());
          assertThat(resolved.resolve(resolved.settings().data().getFirst().path()))
              .isEqualTo(folder.resolve("train.jsonl"));
          return usual.train(resolved, out, progress, signal);
        };

    Result result =
        runner.run(
            "train",
            "--recipe",
            recipe,
            "--set",
            "tuning.rank=4",
            "--set",
            "objective.temperature=5e-2",
            "--out",
            folder.resolve("run"),
            "--json");

    assertThat(result.code()).isZero();
    assertThat(given.getFirst().tuning()).isEqualTo(new Tuning.Lora(4, 32, 0.1));
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertThat(json.path("steps").asInt()).isEqualTo(90);
    assertThat(json.path("model").asString()).isEqualTo(folder.resolve("run/model").toString());
  }

  @Test
  void train_completeRun_hasNoLoss() {
    Path recipe = recipe("backbone: b\ndata:\n  - path: train.jsonl\nsteps: 90\n");
    runner.training =
        (_, out, _, _) ->
            new TrainingEngine.Outcome(
                new Trainer.Summary(90, 90, Double.NaN), out.resolve("model"));

    assertThat(runner.run("train", "--recipe", recipe, "--out", "run").out())
        .isEqualTo("90 steps were done already\nmodel   run/model\n");
    assertThat(runner.run("train", "--recipe", recipe, "--out", "run", "--json").out())
        .doesNotContain("loss");
  }

  @Test
  void train_badRecipes_saySo() {
    Path recipe = recipe("backbone: b\ndata:\n  - path: train.jsonl\noptimiser: {}\n");

    Result unknown = runner.run("train", "--recipe", recipe, "--out", folder);
    assertThat(unknown.code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(unknown.err())
        .contains("unknown key \"optimiser\"; did you mean \"optimizer\"? Allowed are: backbone");
    assertThat(runner.run("train", "--recipe", "none.yaml", "--out", folder).err())
        .isEqualTo("alidade: none.yaml: there is no such recipe\n");
  }

  @Test
  void quickstart_outcome_isPrintedAsTableOrJson() {
    var model = new MeasuredModel("a/b", "00", 512, 32, 0);
    var row =
        new RunComparison.Row(
            "facts", TaskType.RETRIEVAL, "ndcg_at_10", new Difference(0.1, 0.8, 0.6, 0.75));
    runner.quickstart =
        (out, announce, _, _) -> {
          announce.accept("training");
          return new QuickstartEngine.Outcome(
              new RunComparison(model, model, List.of(row)),
              List.of(),
              out.resolve("train/model"),
              out.resolve("report.html"));
        };

    Result text = runner.run("quickstart", "--out", "q");
    assertThat(text.err()).isEqualTo("training\n");
    assertThat(text.out())
        .contains("facts")
        .contains("0.100   0.800   +0.700 [+0.600, +0.750]")
        .contains("report  q/report.html");
    JsonNode json =
        JsonMapper.shared().readTree(runner.run("quickstart", "--out", "q", "--json").out());
    assertThat(json.at("/tasks/0/difference/low").asDouble()).isEqualTo(0.6);
  }

  @Test
  void lineage_example_isFoundByTheIdItsRecipeGivesIt() {
    String instruction = "Find the answer";
    String id = ExampleId.of(TaskKind.SHORT_LONG, "und", instruction, "why", "because");
    Path data = folder.resolve("data.jsonl");
    Path run = folder.resolve("run");
    AtomicFiles.writeText(data, "{\"query\": \"why\", \"positive\": \"because\"}\n");
    AtomicFiles.writeText(
        run.resolve("log.jsonl"), "{\"step\": 1, \"loss\": 2, \"ids\": [\"" + id + "\"]}\n");
    var recipe =
        RecipeTree.read(recipe("data: [{path: data.jsonl, instruction: " + instruction + "}]\n"));
    Manifest.start("train", recipe, 42, List.of(Input.of("data", data, run)), Map.of()).write(run);

    Result text = runner.run("lineage", id.substring(0, 8), "--run", run);
    assertThat(text.err()).isEmpty();
    assertThat(text.out()).startsWith("example " + id).contains("stands in " + data + ":1");
    JsonNode json =
        JsonMapper.shared().readTree(runner.run("lineage", id, "--run", run, "--json").out());
    assertThat(json.at("/trainings/0/steps/0/step").asInt()).isEqualTo(1);

    assertThat(runner.run("lineage", "xyz", "--run", run).code()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(runner.run("lineage", "ffffff", "--run", run).code()).isEqualTo(ExitCode.FAILED);
  }

  @Test
  void doctor_thisMachine_isChecked() {
    Path model = model("model");

    Result result = runner.run("doctor", "--model", model);

    assertThat(result.out())
        .contains("ok       java")
        .contains("libtorch")
        .contains("golden vectors");
    assertThat(result.code()).isZero();
  }

  @Test
  void doctor_wrongVectors_fails() {
    Path model = model("bad");

    Result result = runner.run("doctor", "--model", model, "--json");

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    JsonNode json = JsonMapper.shared().readTree(result.out());
    assertThat(json.path("ok").asBoolean()).isFalse();
    assertThat(json.path("checks"))
        .anySatisfy(
            check -> {
              assertThat(check.path("name").asString()).isEqualTo("golden vectors");
              assertThat(check.path("status").asString()).isEqualTo("failed");
            });
  }

  @Test
  void doctor_foreignFolder_saysWhatItFound() {
    runner.models = new InstalledModels(_ -> {});
    Path model = Golden.sentenceTransformers("prompts", folder.resolve("foreign"));

    Result result = runner.run("doctor", "--model", model);

    assertThat(result.out())
        .contains("ok       family                 qwen3, weights in float32")
        .contains("2 layers, hidden 24")
        .contains("ok       special tokens         begin none, end <e> (0)")
        .contains("ok       pooling                last token")
        .contains("warning  pooling's file         in the form of sentence-transformers 5.4")
        .contains("write pooling_mode_lasttoken: true and the other switches as false")
        .contains("ok       normalisation          to length 1")
        .contains("ok       longest text           64 tokens")
        .contains(
            "query \"find: \", topic \"about: \"; default is topic; queries as \"find: {text}\"");
    assertThat(result.code()).isZero();
  }

  @Test
  void doctor_brokenFolder_saysWhatIsWrong() throws IOException {
    runner.models = new InstalledModels(_ -> {});
    Path model = Golden.sentenceTransformers("mean", folder.resolve("foreign"));
    Files.delete(model.resolve("tokenizer.json"));

    Result result = runner.run("doctor", "--model", model);

    assertThat(result.code()).isEqualTo(ExitCode.FAILED);
    assertThat(result.out())
        .contains("failed   model")
        .contains("has neither tokenizer.json nor tokenizer.model");
    assertThat(result.err()).isEmpty();
  }

  private Path model(String name) {
    AtomicFiles.writeText(folder.resolve(name).resolve("weights"), "1");
    return folder.resolve(name);
  }

  private Path recipe(String yaml) {
    Path file = folder.resolve("recipe.yaml");
    AtomicFiles.writeText(file, yaml);
    return file;
  }
}
