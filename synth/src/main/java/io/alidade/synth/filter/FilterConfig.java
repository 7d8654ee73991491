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
public record FilterConfig(
    boolean copies,
    boolean labels,
    boolean lengths,
    boolean languages,
    boolean personalData,
    boolean duplicates,
    boolean nearDuplicates) {

  public static FilterConfig defaults() {
    return new FilterConfig(true, true, true, true, true, true, true);
  }
}
