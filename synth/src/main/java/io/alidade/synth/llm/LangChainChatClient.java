package io.alidade.synth.llm;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.NonRetriableException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonArraySchema;
import dev.langchain4j.model.chat.request.json.JsonEnumSchema;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.request.json.JsonSchemaElement;
import dev.langchain4j.model.chat.request.json.JsonStringSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Any chat model of LangChain4j, such as Anthropic's, Gemini's or Ollama's. `langchain4j-core` is
/// optional; who uses this class has it along with the model.
///
/// Whoever builds the model sets `maxRetries(0)`, so that what is asked again is decided, counted
/// and paid for in one place, and its timeout and key. LangChain4j has no seed for all models and
/// hides how long a server asks to be left alone; both are left out here. A schema is sent to
/// models that say they know it.
public final class LangChainChatClient implements ChatClient {
  private final ChatModel model;

  public LangChainChatClient(ChatModel model) {
    this.model = model;
  }

  @Override
  public ChatOutcome send(ChatRequest request) {
    try {
      return outcome(model.chat(translated(request)));
    } catch (RuntimeException e) {
      return failure(e);
    }
  }

  private dev.langchain4j.model.chat.request.ChatRequest translated(ChatRequest request) {
    LlmConfig llm = request.llm();
    var translated =
        dev.langchain4j.model.chat.request.ChatRequest.builder()
            .messages(UserMessage.from(request.prompt()))
            .modelName(llm.model())
            .temperature(llm.temperature())
            .maxOutputTokens(llm.maxTokens());
    if (llm.topP() < 1) {
      // Some vendors take temperature or top-p, not both.
      translated.topP(llm.topP());
    }
    format(request).ifPresent(translated::responseFormat);
    return translated.build();
  }

  private Optional<ResponseFormat> format(ChatRequest request) {
    boolean schemas =
        model.supportedCapabilities().contains(Capability.RESPONSE_FORMAT_JSON_SCHEMA);
    return switch (request.llm().output()) {
      case JSON_SCHEMA -> schemas ? Optional.of(schema(request.shape())) : Optional.empty();
      case JSON_OBJECT -> Optional.of(ResponseFormat.JSON);
      case TEXT -> Optional.empty();
    };
  }

  private static ResponseFormat schema(ChatRequest.Shape shape) {
    var root = JsonObjectSchema.builder().required(shape.keys()).additionalProperties(false);
    for (String key : shape.keys()) {
      JsonSchemaElement text = text(shape, key);
      root.addProperty(key, shape.lists() ? JsonArraySchema.builder().items(text).build() : text);
    }
    return ResponseFormat.builder()
        .type(ResponseFormatType.JSON)
        .jsonSchema(JsonSchema.builder().name("answer").rootElement(root.build()).build())
        .build();
  }

  private static JsonSchemaElement text(ChatRequest.Shape shape, String key) {
    List<String> choices = shape.choices().getOrDefault(key, List.of());
    return choices.isEmpty()
        ? new JsonStringSchema()
        : JsonEnumSchema.builder().enumValues(choices).build();
  }

  private static ChatOutcome outcome(ChatResponse response) {
    String text = Optional.ofNullable(response.aiMessage().text()).orElse("");
    Usage usage = usage(response.tokenUsage());
    FinishReason finish = Optional.ofNullable(response.finishReason()).orElse(FinishReason.OTHER);
    return switch (finish) {
      case LENGTH -> new ChatOutcome.Cut(text, usage);
      case CONTENT_FILTER -> new ChatOutcome.Filtered(text, usage);
      case STOP, TOOL_EXECUTION, OTHER -> new ChatOutcome.Answered(text, usage);
    };
  }

  private static Usage usage(@Nullable TokenUsage counted) {
    if (counted == null
        || counted.inputTokenCount() == null
        || counted.outputTokenCount() == null) {
      return Usage.UNKNOWN;
    }
    return new Usage(counted.inputTokenCount(), counted.outputTokenCount());
  }

  /// By the status where there is one, else by LangChain4j's own classes. What these call a fault
  /// of the server may have been charged for, and counts as lost.
  private static ChatOutcome failure(RuntimeException problem) {
    Optional<HttpException> answer = cause(problem, HttpException.class);
    String reason = HttpStatus.line(answer.<Throwable>map(one -> one).orElse(problem));
    if (problem instanceof ContentFilteredException || reason.contains("content_filter")) {
      return new ChatOutcome.Filtered(reason, Usage.UNKNOWN);
    }
    String code = reason.contains(HttpStatus.NO_CREDIT) ? HttpStatus.NO_CREDIT : "";
    return answer
        .map(HttpException::statusCode)
        .or(() -> status(problem))
        .map(status -> HttpStatus.outcome(status, code, Optional.empty(), reason))
        .orElseGet(() -> new ChatOutcome.Lost(reason));
  }

  private static Optional<Integer> status(RuntimeException problem) {
    return switch (problem) {
      case RateLimitException _ -> Optional.of(HttpStatus.TOO_MANY_REQUESTS);
      case AuthenticationException _ -> Optional.of(HttpStatus.UNAUTHORIZED);
      case ModelNotFoundException _ -> Optional.of(HttpStatus.NOT_FOUND);
      case UnresolvedModelServerException _ -> Optional.empty();
      case NonRetriableException _, UnsupportedFeatureException _ ->
          Optional.of(HttpStatus.BAD_REQUEST);
      default -> Optional.empty();
    };
  }

  private static <T> Optional<T> cause(Throwable problem, Class<T> type) {
    return Stream.iterate(problem, each -> each != null, Throwable::getCause)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }
}
