package io.alidade.synth.llm;

/// Sends requests to a server. Threads may share it.
@FunctionalInterface
public interface ChatClient {

  /// Sends the request once and waits for its end, whatever that is. Never asks again by itself.
  ChatOutcome send(ChatRequest request);
}
