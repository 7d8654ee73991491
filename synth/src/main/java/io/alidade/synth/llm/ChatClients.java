package io.alidade.synth.llm;

import io.alidade.core.UsageException;
import java.util.Optional;

/// Opens a client for each LLM that a recipe names. The place to plug in a model of another kind
/// than [#servers()] knows, such as one of LangChain4j's by [LangChainChatClient].
@FunctionalInterface
public interface ChatClients {

  /// A client that the caller closes.
  ///
  /// @param apiKey empty where none is needed
  ChatClient open(LlmConfig llm, String apiKey);

  /// A hash of the model's weights where they are known; a run goes on with the same ones only.
  default Optional<String> weights(LlmConfig llm) {
    return Optional.empty();
  }

  /// OpenAI-compatible servers, and nothing else.
  static ChatClients servers() {
    return (llm, apiKey) -> {
      if (!llm.served()) {
        throw new UsageException(
            "llms: %s has no base_url; give the URL of its server, such as http://127.0.0.1:8000/v1"
                .formatted(llm.model()));
      }
      return new OpenAiChatClient(llm, apiKey);
    };
  }
}
