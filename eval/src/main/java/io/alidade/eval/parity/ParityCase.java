package io.alidade.eval.parity;

import java.util.List;

/// A text that a server is asked for, and the vector it should give.
///
/// @param name for people, such as `a document`
/// @param prompt what stands before the text; part of what is sent
/// @param expected the vector, of length 1
/// @param isLong whether the text may be beyond a server's limit, so that a refusal is no failure
public record ParityCase(
    String name, String prompt, String text, List<Float> expected, boolean isLong) {

  public ParityCase {
    expected = List.copyOf(expected);
  }

  /// The text as the server gets it.
  public String sent() {
    return prompt + text;
  }

  /// The same with another vector.
  ParityCase withExpected(List<Float> vector) {
    return new ParityCase(name, prompt, text, vector, isLong);
  }
}
