package io.alidade.synth.llm;

/// Tokens of a call as the server counted them.
///
/// @param input of the prompt
/// @param output of the answer, thoughts included
public record Usage(long input, long output) {
  /// A server that does not say.
  public static final Usage UNKNOWN = new Usage(-1, -1);

  public boolean known() {
    return input >= 0 && output >= 0;
  }
}
