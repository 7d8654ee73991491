package io.alidade.synth.filter;

/// Which filters are on beside those that an example cannot do without (JSON, keys, empty texts).
///
/// @param copies refuses texts that repeat one another or the prompt
/// @param labels refuses labels that the task's own set does not hold
/// @param lengths refuses texts far longer or shorter than was asked for
/// @param languages refuses texts in another language than was asked for
/// @param personalData refuses texts that hold addresses, numbers of telephones, accounts or cards,
///   or keys; passages of documents that do are not asked about
/// @param duplicates refuses queries that an earlier example has, the paper's only filter beside
///   JSON
/// @param nearDuplicates refuses examples nearly the same as an earlier one
/// @param agreement refuses examples of which an embedder takes a negative for the better answer
/// @param semanticDuplicates refuses queries whose cosine with an earlier one is at least this, by
///   an embedder; 0 for off
/// @param judge refuses examples that an LLM scores lower, from 1 to 5; 0 for off
public record FilterConfig(
    boolean copies,
    boolean labels,
    boolean lengths,
    boolean languages,
    boolean personalData,
    boolean duplicates,
    boolean nearDuplicates,
    boolean agreement,
    double semanticDuplicates,
    int judge) {
  private static final int BEST_SCORE = 5;

  public FilterConfig {
    if (!(semanticDuplicates >= 0 && semanticDuplicates <= 1)) {
      throw new IllegalArgumentException(
          "semanticDuplicates must be a cosine from 0 to 1, is " + semanticDuplicates);
    }
    if (judge < 0 || judge > BEST_SCORE) {
      throw new IllegalArgumentException("judge must be a score from 0 to 5, is " + judge);
    }
  }

  /// The filters on that need nothing but the texts.
  public static FilterConfig defaults() {
    return new FilterConfig(true, true, true, true, true, true, true, false, 0, 0);
  }

  /// Whether one of those that are on compares meanings by an embedder.
  public boolean embedderNeeded() {
    return agreement || semanticDuplicates > 0;
  }
}
