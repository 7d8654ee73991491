package io.alidade.synth.llm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What every client does, whoever writes behind it.
public abstract class ChatClientContract {
  /// Not in the order of the alphabet.
  private static final List<String> KEYS = List.of("question", "answer");

  /// A client of somebody who writes what the schema asks for.
  protected abstract ChatClient open(LlmConfig llm);

  /// The server's URL; empty without one.
  protected abstract String baseUrl();

  protected LlmConfig llm(OutputFormat output, int maxTokens, double timeoutSeconds) {
    return new LlmConfig(
        "m",
        baseUrl(),
        "",
        1,
        Map.of(),
        1,
        1,
        maxTokens,
        TokenLimit.MAX_TOKENS,
        output,
        timeoutSeconds,
        BatchConfig.defaults());
  }

  protected ChatRequest request(LlmConfig llm, long seed, boolean lists) {
    var shape = new ChatRequest.Shape(KEYS, lists);
    return new ChatRequest("example/1", llm, "Write! äß 𝄞", seed, shape);
  }

  protected ChatOutcome send(LlmConfig llm, long seed, boolean lists) {
    try (ChatClient client = open(llm)) {
      return client.send(request(llm, seed, lists));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void send_schema_answersItsKeysInOrder(boolean lists) {
    assertThat(send(llm(OutputFormat.JSON_SCHEMA, 4000, 60), 17, lists))
        .isInstanceOfSatisfying(
            ChatOutcome.Answered.class,
            answer -> {
              JsonNode json = JsonMapper.shared().readTree(answer.text());
              assertThat(json.propertyNames()).containsExactlyElementsOf(KEYS);
              json.forEach(value -> assertThat(value.isArray()).isEqualTo(lists));
              assertThat(answer.usage().input()).isPositive();
              assertThat(answer.usage().output()).isBetween(1L, 4000L);
            });
  }

  @Test
  void send_fewTokens_isCutAndStillCounted() {
    assertThat(send(llm(OutputFormat.JSON_SCHEMA, 5, 60), 17, false))
        .isInstanceOfSatisfying(
            ChatOutcome.Cut.class, cut -> assertThat(cut.usage().output()).isBetween(1L, 5L));
  }

  @Test
  void send_sameRequestAgain_isTheSameAnswer() {
    LlmConfig llm = llm(OutputFormat.JSON_SCHEMA, 300, 60);
    try (ChatClient client = open(llm)) {
      ChatOutcome first = client.send(request(llm, 3, false));
      ChatOutcome _ = client.send(request(llm, 4, false));
      assertThat(client.send(request(llm, 3, false))).isEqualTo(first);
    }
  }

  @Test
  void close_again_isNothing() {
    ChatClient client = open(llm(OutputFormat.JSON_SCHEMA, 5, 60));
    client.close();
    client.close();
  }
}
