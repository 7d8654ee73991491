package io.alidade.model.tokenizer;

import java.util.OptionalInt;

/// The tokens put around every text.
///
/// @param bos put before the text, if the model wants one
/// @param eos put after the text, always: the embedding is read there
public record SpecialTokens(OptionalInt bos, int eos) {

  /// Only an end token, as SmolLM2 and Qwen have it.
  public static SpecialTokens endingWith(int eos) {
    return new SpecialTokens(OptionalInt.empty(), eos);
  }

  /// How many tokens these are for each text.
  public int count() {
    return bos.isPresent() ? 2 : 1;
  }
}
