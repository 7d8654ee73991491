package io.alidade.synth.llm;

import com.openai.core.JsonValue;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.ResponseFormatJsonSchema;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import tools.jackson.databind.json.JsonMapper;

/// A request in the words of OpenAI's client.
final class OpenAiRequest {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private OpenAiRequest() {}

  /// OpenAI has deprecated `seed` and `max_tokens`, which all other servers know.
  @SuppressWarnings("deprecation")
  static ChatCompletionCreateParams params(ChatRequest request) {
    LlmConfig llm = request.llm();
    ChatCompletionCreateParams.Builder params =
        ChatCompletionCreateParams.builder()
            .model(llm.model())
            .addUserMessage(request.prompt())
            .temperature(llm.temperature())
            .topP(llm.topP())
            .seed(request.seed());
    ChatCompletionCreateParams.Builder limited =
        switch (llm.tokenLimit()) {
          case MAX_TOKENS -> params.maxTokens(llm.maxTokens());
          case MAX_COMPLETION_TOKENS -> params.maxCompletionTokens(llm.maxTokens());
        };
    return switch (llm.output()) {
      case JSON_SCHEMA -> limited.responseFormat(schema(request.shape())).build();
      case JSON_OBJECT ->
          limited.responseFormat(ResponseFormatJsonObject.builder().build()).build();
      case TEXT -> limited.build();
    };
  }

  private static ResponseFormatJsonSchema schema(ChatRequest.Shape shape) {
    var schema = ResponseFormatJsonSchema.JsonSchema.Schema.builder();
    JSON.readTree(shape.schema())
        .properties()
        .forEach(
            entry ->
                schema.putAdditionalProperty(
                    entry.getKey(),
                    JsonValue.from(JSON.treeToValue(entry.getValue(), Object.class))));
    return ResponseFormatJsonSchema.builder()
        .jsonSchema(
            ResponseFormatJsonSchema.JsonSchema.builder()
                .name("answer")
                .strict(true)
                .schema(schema.build())
                .build())
        .build();
  }
}
