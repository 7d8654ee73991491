package io.alidade.synth.llm;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletion.Choice.FinishReason;
import com.openai.models.completions.CompletionUsage;
import java.time.Duration;
import java.util.Optional;

/// Any OpenAI-compatible server, through OpenAI's own client with its retries off.
public final class OpenAiChatClient implements ChatClient {
  private static final double MILLIS = 1000;

  private final OpenAIClient client;

  /// @param apiKey empty where the server needs none
  public OpenAiChatClient(LlmConfig llm, String apiKey) {
    client =
        OpenAIOkHttpClient.builder()
            .baseUrl(llm.baseUrl())
            .apiKey(apiKey.isEmpty() ? "none" : apiKey)
            .timeout(Duration.ofMillis((long) (llm.timeoutSeconds() * MILLIS)))
            .maxRetries(0)
            .build();
  }

  @Override
  public ChatOutcome send(ChatRequest request) {
    try {
      ChatCompletion completion = client.chat().completions().create(OpenAiRequest.params(request));
      return outcome(completion);
    } catch (OpenAIServiceException e) {
      return refusal(e);
    } catch (OpenAIException e) {
      return new ChatOutcome.Lost(reason(e));
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private static ChatOutcome outcome(ChatCompletion completion) {
    Usage usage = completion.usage().flatMap(OpenAiChatClient::usage).orElse(Usage.UNKNOWN);
    if (completion.choices().isEmpty()) {
      return new ChatOutcome.Lost("the answer has no choices");
    }
    ChatCompletion.Choice choice = completion.choices().getFirst();
    String text = choice.message().content().orElse("");
    Optional<String> declined = choice.message().refusal();
    if (declined.isPresent()) {
      return new ChatOutcome.Refused(declined.get(), usage);
    }
    Optional<FinishReason> finish = choice._finishReason().asKnown();
    return switch (finish.map(FinishReason::asString).orElse("")) {
      case "length" -> new ChatOutcome.Cut(text, usage);
      case "content_filter" -> new ChatOutcome.Filtered(text, usage);
      default -> new ChatOutcome.Answered(text, usage);
    };
  }

  private static Optional<Usage> usage(CompletionUsage counted) {
    Optional<Long> input = counted._promptTokens().asKnown();
    Optional<Long> output = counted._completionTokens().asKnown();
    return input.flatMap(in -> output.map(out -> new Usage(in, out)));
  }

  private static ChatOutcome refusal(OpenAIServiceException e) {
    String reason = reason(e);
    if (e.code().orElse("").equals("content_filter")) {
      return new ChatOutcome.Filtered(reason, new Usage(0, 0));
    }
    return HttpStatus.outcome(
        e.statusCode(), e.code().orElse(""), RetryAfter.of(e.headers()), reason);
  }

  /// Of failures on the way the client only says that there was one; why, says the cause.
  private static String reason(Throwable problem) {
    Throwable cause = problem.getCause();
    return HttpStatus.line(cause == null ? problem : cause);
  }
}
