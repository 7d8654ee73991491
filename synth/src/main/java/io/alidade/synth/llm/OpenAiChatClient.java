package io.alidade.synth.llm;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIException;
import java.time.Duration;

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
      return OpenAiOutcome.of(client.chat().completions().create(OpenAiRequest.params(request)));
    } catch (OpenAIException e) {
      return OpenAiOutcome.of(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
