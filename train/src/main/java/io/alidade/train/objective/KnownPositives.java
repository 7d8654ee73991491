package io.alidade.train.objective;

import io.alidade.train.objective.Relation.Source;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which texts of a batch are no negatives of a pair, by all that the batch says: a query's
/// positives are those of every example with the same query.
final class KnownPositives {
  private static final int UNKNOWN = -1;

  private final Relation relation;

  /// Numbers of texts: equal texts have the same one.
  private final int[] queries;

  private final int[] candidates;

  /// Numbers of documents, or unknown.
  private final int[] documents;

  /// By query, the numbers of its positives' texts and documents.
  private final List<BitSet> texts = new ArrayList<>();

  private final List<BitSet> ids = new ArrayList<>();

  KnownPositives(Relation relation, FalseNegatives kinds) {
    this.relation = relation;
    Map<String, Integer> numbers = new HashMap<>();
    this.queries = textNumbers(relation.queries(), kinds.sameText(), numbers);
    this.candidates = textNumbers(relation.candidates(), kinds.sameText(), numbers);
    this.documents = documentNumbers(relation.candidates(), kinds.sameDocument());
    collect(kinds.sameText());
  }

  private static int[] textNumbers(
      List<Source> sources, boolean sameText, Map<String, Integer> numbers) {
    int[] result = new int[sources.size()];
    for (int i = 0; i < result.length; i++) {
      // A key that no text has makes every text another.
      String key = sameText ? "=" + sources.get(i).text() : Integer.toString(numbers.size());
      result[i] = numbers.computeIfAbsent(key, _ -> numbers.size());
    }
    return result;
  }

  private static int[] documentNumbers(List<Source> sources, boolean sameDocument) {
    Map<String, Integer> numbers = new HashMap<>();
    int[] result = new int[sources.size()];
    for (int i = 0; i < result.length; i++) {
      String document = sources.get(i).document();
      result[i] =
          sameDocument && !document.isEmpty()
              ? numbers.computeIfAbsent(document, _ -> numbers.size())
              : UNKNOWN;
    }
    return result;
  }

  private void collect(boolean sameText) {
    Map<Object, BitSet> textsOf = new HashMap<>();
    Map<Object, BitSet> idsOf = new HashMap<>();
    for (int i = 0; i < queries.length; i++) {
      Object query = sameText ? relation.queries().get(i).input() : i;
      BitSet own = textsOf.computeIfAbsent(query, _ -> new BitSet());
      own.set(candidates[i]);
      texts.add(own);
      BitSet ownIds = idsOf.computeIfAbsent(query, _ -> new BitSet());
      if (documents[i] != UNKNOWN) {
        ownIds.set(documents[i]);
      }
      ids.add(ownIds);
    }
  }

  /// Whether, for the pair of a query, a text on the direction's right side is no negative. The
  /// pair itself is not left out.
  boolean excludes(Direction direction, int pair, int right) {
    return switch (direction) {
      case QUERY_TO_DOCUMENT ->
          right != pair && (positive(pair, right) || candidates[right] == queries[pair]);
      case QUERY_TO_QUERY ->
          queries[right] == queries[pair]
              || texts.get(pair).get(queries[right])
              || positive(right, pair);
      case DOCUMENT_TO_QUERY ->
          right != pair
              && (positive(right, pair)
                  || queries[right] == queries[pair]
                  || queries[right] == candidates[pair]);
      case DOCUMENT_TO_DOCUMENT ->
          relation.candidates().get(right).example() == pair
              || positive(pair, right)
              || candidates[right] == queries[pair];
    };
  }

  private boolean positive(int query, int candidate) {
    return texts.get(query).get(candidates[candidate])
        || (documents[candidate] != UNKNOWN && ids.get(query).get(documents[candidate]));
  }
}
