package io.alidade.synth.llm;

/// The name under which a server takes the greatest length of an answer.
public enum TokenLimit {
  /// What most servers know.
  MAX_TOKENS,
  /// What OpenAI's reasoning models want instead.
  MAX_COMPLETION_TOKENS
}
