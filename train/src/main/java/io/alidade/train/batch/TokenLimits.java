package io.alidade.train.batch;

import java.util.Arrays;

/// How many tokens an example's texts are cut to, template and end-of-sequence included, where that
/// is less than the recipe's `maxTokens`; 0 for no limit.
///
/// @param query of the query
/// @param passage of the positive and of each negative
public record TokenLimits(int query, int passage) {
  public static final TokenLimits NONE = new TokenLimits(0, 0);

  /// The first ids and the last, which is the end-of-sequence.
  static int[] cut(int[] ids, int limit) {
    if (limit == 0 || ids.length <= limit) {
      return ids;
    }
    int[] kept = Arrays.copyOf(ids, limit);
    kept[limit - 1] = ids[ids.length - 1];
    return kept;
  }
}
