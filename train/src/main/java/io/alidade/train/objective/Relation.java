package io.alidade.train.objective;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/// Which candidate is each query's positive, and which candidates must not count as its negatives.
///
/// @param positives the positive's index, one a query
/// @param excluded the candidates left out of the denominator, one set a query
/// @param candidates how many candidates there are
public record Relation(List<Integer> positives, List<BitSet> excluded, int candidates) {
  public Relation {
    positives = List.copyOf(positives);
    excluded = List.copyOf(excluded);
  }

  /// The mask to add to the scores, `[queries, candidates]`: −∞ where a candidate is excluded.
  double[] additiveMask() {
    double[] mask = new double[positives.size() * candidates];
    for (int query = 0; query < positives.size(); query++) {
      int row = query * candidates;
      excluded.get(query).stream().forEach(i -> mask[row + i] = Double.NEGATIVE_INFINITY);
    }
    return mask;
  }

  /// One at each query's positive, `[queries, candidates]`.
  double[] oneHot() {
    double[] target = new double[positives.size() * candidates];
    Arrays.fill(target, 0);
    for (int query = 0; query < positives.size(); query++) {
      target[query * candidates + positives.get(query)] = 1;
    }
    return target;
  }
}
