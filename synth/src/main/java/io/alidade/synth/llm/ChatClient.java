package io.alidade.synth.llm;

/// Sends requests to an LLM. Threads may share it; whoever opened it closes it.
@FunctionalInterface
public interface ChatClient extends AutoCloseable {

  /// Sends the request once and waits for its end, whatever that is. Never asks again by itself.
  ChatOutcome send(ChatRequest request);

  @Override
  default void close() {}
}
