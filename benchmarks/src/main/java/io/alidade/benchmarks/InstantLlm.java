package io.alidade.benchmarks;

import io.alidade.synth.llm.ChatClient;
import io.alidade.synth.llm.ChatOutcome;
import io.alidade.synth.llm.ChatRequest;
import io.alidade.synth.llm.Usage;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Answers every request at once with what it asks for, in texts that are functions of the request.
final class InstantLlm implements ChatClient {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int TASKS = 20;
  private static final int CHARACTERS_PER_TOKEN = 4;

  private final RandomTexts texts;

  InstantLlm(RandomTexts texts) {
    this.texts = texts;
  }

  @Override
  public ChatOutcome send(ChatRequest request) {
    String answer = answer(request);
    long input = request.prompt().length() / CHARACTERS_PER_TOKEN;
    return new ChatOutcome.Answered(
        answer, new Usage(input, answer.length() / CHARACTERS_PER_TOKEN));
  }

  private String answer(ChatRequest request) {
    ObjectNode answer = JSON.createObjectNode();
    for (String key : request.shape().keys()) {
      long seed = 31L * request.callId().hashCode() + key.hashCode() + (request.seed() << 32);
      if (request.shape().lists()) {
        ArrayNode list = answer.putArray(key);
        for (int i = 0; i < TASKS; i++) {
          list.add("Given a note, find one that says: " + texts.text(seed + i, 10));
        }
      } else {
        answer.put(key, texts.text(seed, words(key)));
      }
    }
    return answer.toString();
  }

  /// Within what any of the prompts asks for.
  private static int words(String key) {
    return switch (key) {
      case "user_query" -> 8;
      case "label", "misleading_label" -> 2;
      case "input_text" -> 40;
      case "S1", "S2", "S3" -> 20;
      default -> 100;
    };
  }
}
