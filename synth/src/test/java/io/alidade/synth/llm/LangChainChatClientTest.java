package io.alidade.synth.llm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.LangChain4jException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatModel;
import io.alidade.core.Progress;
import io.alidade.core.recipe.Recipe;
import io.alidade.synth.GeneratePlan;
import io.alidade.synth.GenerateRecipe;
import io.alidade.synth.Generator;
import io.alidade.synth.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// LangChain4j's own OpenAI model against the fake server, and its exceptions.
class LangChainChatClientTest extends ServedChatClientContract {
  @TempDir Path folder;

  @Override
  protected ChatClient open(LlmConfig llm) {
    return new LangChainChatClient(model(llm, Capability.RESPONSE_FORMAT_JSON_SCHEMA));
  }

  private ChatModel model(LlmConfig llm, Capability... capabilities) {
    return OpenAiChatModel.builder()
        .baseUrl(server.baseUrl())
        .apiKey("none")
        .timeout(Duration.ofMillis((long) (llm.timeoutSeconds() * 1000)))
        .maxRetries(0)
        .supportedCapabilities(capabilities)
        .strictJsonSchema(true)
        .build();
  }

  @Test
  void send_request_saysWhatTheRecipeSays() {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 100, 60);
    ChatOutcome _ = send(llm, 17, true);

    JsonNode body = server.requests().getFirst().body();
    assertThat(body.required("model").asString()).isEqualTo("m");
    assertThat(body.required("temperature").asDouble()).isEqualTo(1);
    assertThat(body.has("top_p")).as("as good as left out").isFalse();
    assertThat(body.toString()).contains("tokens\":100");
    assertThat(body.at("/response_format/json_schema/schema/required").toString())
        .isEqualTo("[\"question\",\"answer\"]");
    assertThat(body.at("/response_format/json_schema/schema/properties/answer/type").asString())
        .isEqualTo("array");
  }

  @Test
  void send_choices_areInTheSchema() {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 100, 60);
    var shape = new ChatRequest.Shape(List.of("a"), false, Map.of("a", List.of("yes", "no")));
    ChatOutcome _ = open(llm).send(new ChatRequest("example/1", llm, "Write!", 17, shape));

    JsonNode body = server.requests().getFirst().body();
    assertThat(body.at("/response_format/json_schema/schema/properties/a/enum").toString())
        .isEqualTo("[\"yes\",\"no\"]");
  }

  @Test
  void send_modelWithoutSchemas_leavesItToThePrompt() {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 100, 60);
    ChatOutcome _ = new LangChainChatClient(model(llm)).send(request(llm, 17, false));
    assertThat(server.requests().getFirst().body().has("response_format")).isFalse();
  }

  private ChatOutcome failing(RuntimeException problem) {
    ChatModel model =
        new ChatModel() {
          @Override
          public ChatResponse doChat(dev.langchain4j.model.chat.request.ChatRequest request) {
            throw problem;
          }
        };
    LlmConfig llm = llm(OutputFormat.TEXT, 100, 60);
    return new LangChainChatClient(model).send(request(llm, 17, false));
  }

  /// Clients of vendors with a protocol of their own have no status to tell.
  @Test
  void send_exceptionsWithoutStatus_areToldApartByTheirClass() {
    assertThat(failing(new RateLimitException("slow")))
        .isEqualTo(new ChatOutcome.Throttled(Optional.empty(), "slow"));
    assertThat(failing(new AuthenticationException("key")))
        .isEqualTo(new ChatOutcome.Denied(401, "key"));
    assertThat(failing(new ModelNotFoundException("who")))
        .isEqualTo(new ChatOutcome.Denied(404, "who"));
    assertThat(failing(new UnsupportedFeatureException("topP")))
        .isEqualTo(new ChatOutcome.Denied(400, "topP"));
    for (LangChain4jException lost :
        List.of(
            new TimeoutException("why"),
            new UnresolvedModelServerException("why"),
            new InternalServerException("why"),
            new LangChain4jException("why"))) {
      assertThat(failing(lost)).isEqualTo(new ChatOutcome.Lost("why"));
    }
  }

  /// The way of a Java user with a model of his own.
  @Test
  void generate_anyChatModel_makesADataSet() throws IOException {
    Path file = folder.resolve("recipe.yaml");
    Files.writeString(
        file,
        """
        examples: 6
        languages: {en: 1, de: 1}
        llms: [{model: mine}]
        filters: {languages: false}
        """);
    var recipe = Recipe.read(GenerateRecipe.class, file, List.of());

    Summary summary =
        new Generator(GeneratePlan.of(recipe, Map.of()), Optional.empty(), (llm, _) -> open(llm))
            .run(folder.resolve("out"), Progress.NONE, () -> false);

    assertThat(summary.examples()).isEqualTo(6);
    assertThat(summary.calls().inputTokens()).isEqualTo(server.inputTokens());
    assertThat(folder.resolve("out/train.jsonl")).content().contains("\"model\":\"mine\"");
  }
}
