package io.alidade.model.tokenizer;

import java.util.OptionalInt;

/// The tokens put around every text.
///
/// @param bos put before the text, if the model wants one
/// @param eos put after the text where the embedding is read there
/// @param endsTexts whether `eos` is put after every text; without, only after one that has no
///   tokens, as a sequence must have one
public record SpecialTokens(OptionalInt bos, int eos, boolean endsTexts) {

  /// An end token after every text, and perhaps a begin token.
  public SpecialTokens(OptionalInt bos, int eos) {
    this(bos, eos, true);
  }

  /// Only an end token, as SmolLM2 and Qwen have it.
  public static SpecialTokens endingWith(int eos) {
    return new SpecialTokens(OptionalInt.empty(), eos);
  }

  /// The same without an end token.
  SpecialTokens withoutEnd() {
    return new SpecialTokens(bos, eos, false);
  }

  /// How many tokens these are for each text.
  public int count() {
    return (bos.isPresent() ? 1 : 0) + (endsTexts ? 1 : 0);
  }
}
