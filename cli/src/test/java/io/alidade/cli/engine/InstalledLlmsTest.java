package io.alidade.cli.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.Progress;
import io.alidade.core.Sha256;
import io.alidade.core.TaskKind;
import io.alidade.core.TextInput;
import io.alidade.core.UsageException;
import io.alidade.core.recipe.Recipe;
import io.alidade.model.backbone.BackboneLibrary;
import io.alidade.model.backbone.BackboneSettings;
import io.alidade.synth.GeneratePlan;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.llm.BatchConfig;
import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.LlmConfig;
import io.alidade.synth.llm.OutputFormat;
import io.alidade.synth.llm.TokenLimit;
import io.alidade.synth.prompt.PromptSet;
import io.alidade.testkit.tiny.TinyModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledLlmsTest {
  private static final Path RECIPE = Path.of("../recipes/generate-embedded.yaml");

  @TempDir Path folder;

  @BeforeEach
  void writeModel() throws IOException {
    Files.write(folder.resolve("tiny.gguf"), TinyModel.gguf(1));
  }

  private InstalledLlms llms() {
    BackboneSettings settings = BackboneSettings.fromEnvironment();
    return new InstalledLlms(new BackboneLibrary(settings, _ -> {}, Progress.NONE), folder);
  }

  private static LlmConfig llm(String model, String baseUrl) {
    return new LlmConfig(
        model,
        baseUrl,
        "",
        1,
        Map.of(),
        1,
        1,
        200,
        TokenLimit.MAX_TOKENS,
        OutputFormat.JSON_SCHEMA,
        60,
        BatchConfig.defaults());
  }

  private static ChatOutcome send(ChatClient client, LlmConfig llm) {
    var shape = new ChatRequest.Shape(List.of("a", "b"), false);
    return client.send(new ChatRequest("example/1", llm, "Write!", 3, shape));
  }

  @Test
  void open_fileBesideTheRecipe_writesInThisProcess() {
    LlmConfig llm = llm("tiny.gguf", "");
    assertThat(llms().weights(llm)).contains(Sha256.ofFile(folder.resolve("tiny.gguf")));
    try (ChatClient client = llms().open(llm, "")) {
      assertThat(send(client, llm)).isInstanceOf(ChatOutcome.Final.class);
    }
  }

  @Test
  void open_otherNameWithoutServer_saysWhatIsMissing() {
    assertThatThrownBy(() -> llms().open(llm("gpt-4o", ""), ""))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("gpt-4o has no base_url; give the URL of its server");
    assertThat(llms().weights(llm("gpt-4o", "http://127.0.0.1:1/v1"))).isEmpty();
  }

  /// Both bring a runtime of OpenMP. Neither may change what the other computes, nor hang.
  @Test
  void open_besideTheNumericLibrary_neitherMinds() {
    LlmConfig llm = llm("tiny.gguf", "");
    String tiny = folder.resolve("tiny.gguf").toString();
    List<TextInput> texts = List.of(TextInput.document("the harbour"));
    try (ChatClient before = llms().open(llm, "")) {
      ChatOutcome alone = send(before, llm);
      try (LoadedModel model = new InstalledModels(_ -> {}).open(tiny, Progress.NONE);
          ChatClient after = llms().open(llm, "")) {
        float[] vector = model.embedder().embed(texts)[0];
        assertThat(send(after, llm)).isEqualTo(alone);
        assertThat(model.embedder().embed(texts)[0]).isEqualTo(vector);
      }
    }
  }

  @Test
  void embeddedRecipe_shipped_makesAllKindsWithTheDefaultBackbone() {
    var recipe = Recipe.read(GenerateRecipe.class, RECIPE, List.of());
    GeneratePlan plan = GeneratePlan.of(recipe, Map.of());
    PromptSet prompts = PromptSet.with(recipe.resolve(recipe.settings().prompts()));

    assertThat(plan.recipe().kinds().keySet())
        .extracting(name -> prompts.generate(name).header().kind())
        .containsExactlyInAnyOrder(TaskKind.values());
    assertThat(plan.recipe().llms())
        .singleElement()
        .satisfies(llm -> assertThat(llm.served()).isFalse())
        .satisfies(llm -> assertThat(llm.model()).isEqualTo(BackboneLibrary.DEFAULT_BACKBONE));
    assertThat(LlmConfig.embedded().model()).isEqualTo(BackboneLibrary.DEFAULT_BACKBONE);
  }
}
