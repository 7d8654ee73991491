package io.alidade.synth.json;

import tools.jackson.databind.JsonNode;

/// Reads the first JSON object or list out of an LLM's answer: code fences and words around it,
/// `True`, `False` and `None`, single quotes, raw line breaks in texts and trailing commas are let
/// pass. What is cut off is refused, not guessed at. Nothing is ever evaluated.
public final class LenientJson {
  private static final String END_OF_THOUGHT = "</think>";

  /// Places in the words before the JSON that may look like its beginning.
  private static final int STARTS = 64;

  /// What was found.
  public sealed interface Result {

    /// An object or a list.
    record Found(JsonNode value) implements Result {}

    /// The text ends within the JSON.
    record Cut() implements Result {}

    /// There is no JSON; the problem is that of the first place that looked like some.
    record None(String problem) implements Result {}
  }

  private LenientJson() {}

  /// Reads an answer of any form and length; never throws.
  public static Result read(String answer) {
    int thought = answer.lastIndexOf(END_OF_THOUGHT);
    String text = thought < 0 ? answer : answer.substring(thought + END_OF_THOUGHT.length());
    String problem = "there is no { or [ in it";
    int starts = 0;
    for (int at = start(text, 0); at >= 0 && starts < STARTS; at = start(text, at + 1)) {
      LenientParser.Outcome outcome = new LenientParser(text, at).parse();
      switch (outcome) {
        case LenientParser.Outcome.Parsed(JsonNode value) -> {
          return new Result.Found(value);
        }
        case LenientParser.Outcome.Ended() -> {
          return new Result.Cut();
        }
        case LenientParser.Outcome.Broken(String reason) -> {
          problem = starts == 0 ? reason : problem;
          starts++;
        }
      }
    }
    return new Result.None(problem);
  }

  private static int start(String text, int from) {
    int brace = text.indexOf('{', from);
    int bracket = text.indexOf('[', from);
    if (brace < 0 || bracket < 0) {
      return Math.max(brace, bracket);
    }
    return Math.min(brace, bracket);
  }
}
