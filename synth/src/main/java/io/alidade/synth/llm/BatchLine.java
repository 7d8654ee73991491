package io.alidade.synth.llm;

import com.openai.core.JsonValue;
import com.openai.errors.OpenAIException;
import com.openai.models.chat.completions.ChatCompletion;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One line of the files of a batch: a request on the way there, the end of one on the way back.
///
/// @param id of the request within its batch
public record BatchLine(String id, ChatOutcome outcome) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// The requests' endpoint, whatever the server's own path begins with.
  static final String ENDPOINT = "/v1/chat/completions";

  private static final int OK = 200;
  private static final int REDIRECTION = 300;

  /// A request.
  public static String of(String id, ChatRequest request) {
    Object body = JsonValue.from(OpenAiRequest.params(request)._body()).convert(Object.class);
    return JSON.createObjectNode()
        .put("custom_id", id)
        .put("method", "POST")
        .put("url", ENDPOINT)
        .set("body", JSON.valueToTree(body))
        .toString();
  }

  /// The end of a request; none if the line is not whole.
  public static Optional<BatchLine> parse(String line) {
    try {
      JsonNode end = JSON.readTree(line);
      String id = end.path("custom_id").asString("");
      return id.isEmpty() ? Optional.empty() : Optional.of(new BatchLine(id, outcome(end)));
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  private static ChatOutcome outcome(JsonNode end) {
    JsonNode response = end.path("response");
    if (!response.isObject()) {
      JsonNode error = end.path("error");
      String reason = error.path("code").asString("") + ": " + error.path("message").asString("");
      return new ChatOutcome.ServerFailed(0, HttpStatus.line(reason));
    }
    int status = response.path("status_code").asInt(0);
    JsonNode body = response.path("body");
    if (status >= OK && status < REDIRECTION) {
      return completion(body);
    }
    JsonNode error = body.path("error");
    // In the words of the client, so that no data differ by the way that an answer took.
    String reason = "%d: %s".formatted(status, error.path("message").asString(body.toString()));
    return OpenAiOutcome.ofError(
        status, error.path("code").asString(""), HttpStatus.line(reason), Optional.empty());
  }

  private static ChatOutcome completion(JsonNode body) {
    try {
      Object tree = JSON.treeToValue(body, Object.class);
      return Optional.ofNullable(JsonValue.from(tree).convert(ChatCompletion.class))
          .map(OpenAiOutcome::of)
          .orElseGet(() -> new ChatOutcome.Lost("the answer is empty"));
    } catch (OpenAIException | IllegalArgumentException e) {
      return new ChatOutcome.Lost(OpenAiOutcome.reason(e));
    }
  }
}
