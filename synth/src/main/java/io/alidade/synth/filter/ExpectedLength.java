package io.alidade.synth.filter;

import io.alidade.synth.prompt.WordRange;
import io.alidade.synth.sampling.Candidate;
import java.util.Map;

/// How long an answer will be, by what its prompt asks for.
public final class ExpectedLength {
  /// Keys, quotes and braces of an answer.
  private static final int FRAME_TOKENS = 30;

  private static final double TOKENS_PER_ENGLISH_WORD = 1.4;

  /// Tokenizers know other languages less well.
  private static final double TOKENS_PER_OTHER_WORD = 2.5;

  private static final Map<String, Integer> WORDS_PER_UNIT =
      Map.of("phrase", 6, "sentence", 18, "passage", 80);

  /// A text whose length is not asked for: a label, a sentence.
  private static final int OTHER_WORDS = 8;

  private ExpectedLength() {}

  /// Tokens of the answer.
  public static long tokens(Candidate candidate) {
    int words = 0;
    for (String key : candidate.prompt().header().fields().values()) {
      words += words(candidate, key);
    }
    double tokensPerWord =
        candidate.language().equals("en") ? TOKENS_PER_ENGLISH_WORD : TOKENS_PER_OTHER_WORD;
    return FRAME_TOKENS + Math.round(words * tokensPerWord);
  }

  private static int words(Candidate candidate, String key) {
    int unit =
        WORDS_PER_UNIT.getOrDefault(candidate.values().getOrDefault("unit", ""), OTHER_WORDS);
    return LengthFilter.asked(candidate, key)
        .flatMap(WordRange::parse)
        .map(WordRange::typical)
        .orElse(unit);
  }
}
