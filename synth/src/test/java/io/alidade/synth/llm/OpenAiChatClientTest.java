package io.alidade.synth.llm;

import static org.assertj.core.api.Assertions.assertThat;

import io.alidade.testkit.llm.FakeOpenAi.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

class OpenAiChatClientTest extends ServedChatClientContract {
  private static final ChatRequest.Shape SHAPE =
      new ChatRequest.Shape(List.of("q", "a"), false, Map.of("a", List.of("yes", "no")));

  @Override
  protected ChatClient open(LlmConfig llm) {
    return new OpenAiChatClient(llm, "");
  }

  @Test
  void send_refusal_isRefused() {
    assertThat(outcome(new Reply.Refusal("I won't."))).isInstanceOf(ChatOutcome.Refused.class);
  }

  @Test
  void send_tooManyRequests_saysHowLongToWait() {
    assertThat(outcome(error(429, Map.of("Retry-After", "7"), "rate")))
        .isInstanceOfSatisfying(
            ChatOutcome.Throttled.class,
            one -> assertThat(one.retryAfter()).contains(Duration.ofSeconds(7)));
    assertThat(outcome(error(429, Map.of(), "rate")))
        .isInstanceOfSatisfying(
            ChatOutcome.Throttled.class, one -> assertThat(one.retryAfter()).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"7, 7000", "0.5, 500", "soon, -1", "'Thu, 01 Jan 2026 00:00:00 GMT', 0", "'', -1"})
  void retryAfter_forms_areRead(String header, long millis) {
    assertThat(RetryAfter.parse(header))
        .isEqualTo(millis < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis)));
  }

  @ParameterizedTest
  @EnumSource
  void send_request_saysWhatTheRecipeSays(OutputFormat output) {
    var llm =
        new LlmConfig(
            "m",
            baseUrl(),
            "",
            1,
            Map.of(),
            1,
            1,
            100,
            TokenLimit.MAX_COMPLETION_TOKENS,
            output,
            60,
            BatchConfig.defaults());
    try (ChatClient client = open(llm)) {
      ChatOutcome _ = client.send(new ChatRequest("example/1", llm, "Write!", 17, SHAPE));

      JsonNode body = server.requests().getFirst().body();
      assertThat(body.required("model").asString()).isEqualTo("m");
      assertThat(body.required("temperature").asDouble()).isEqualTo(1);
      assertThat(body.required("top_p").asDouble()).isEqualTo(1);
      assertThat(body.required("seed").asLong()).isEqualTo(17);
      assertThat(body.required("max_completion_tokens").asLong()).isEqualTo(100);
      assertThat(body.has("max_tokens")).isFalse();
      assertThat(body.path("response_format").path("type").asString("none"))
          .isEqualTo(
              switch (output) {
                case JSON_SCHEMA -> "json_schema";
                case JSON_OBJECT -> "json_object";
                case TEXT -> "none";
              });
      if (output == OutputFormat.JSON_SCHEMA) {
        JsonNode schema = body.at("/response_format/json_schema");
        assertThat(schema.required("strict").asBoolean()).isTrue();
        assertThat(schema.at("/schema/required").toString()).isEqualTo("[\"q\",\"a\"]");
        assertThat(schema.at("/schema/properties").toString())
            .isEqualTo(
                "{\"q\":{\"type\":\"string\"},"
                    + "\"a\":{\"enum\":[\"yes\",\"no\"],\"type\":\"string\"}}");
        assertThat(schema.at("/schema/additionalProperties").asBoolean(true)).isFalse();
      }
    }
  }

  @Test
  void hash_anyPartOfTheRequest_countsButNotTheServer() {
    LlmConfig llm = LlmConfig.defaults();
    var request = new ChatRequest("example/1", llm, "Write!", 17, SHAPE);
    var elsewhere =
        new LlmConfig(
            llm.model(),
            "http://other/v1",
            "KEY",
            2,
            Map.of(),
            1,
            1,
            4096,
            TokenLimit.MAX_TOKENS,
            OutputFormat.JSON_SCHEMA,
            3,
            new BatchConfig(10, 1, 1, 1, 0.5));

    assertThat(new ChatRequest("example/1", elsewhere, "Write!", 17, SHAPE).hash())
        .isEqualTo(request.hash());
    assertThat(new ChatRequest("example/2", llm, "Write!", 17, SHAPE).hash())
        .isNotEqualTo(request.hash());
    assertThat(new ChatRequest("example/1", llm, "Write?", 17, SHAPE).hash())
        .isNotEqualTo(request.hash());
    assertThat(new ChatRequest("example/1", llm, "Write!", 18, SHAPE).hash())
        .isNotEqualTo(request.hash());
  }
}
