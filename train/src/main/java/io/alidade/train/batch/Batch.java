package io.alidade.train.batch;

import io.alidade.core.Example;
import io.alidade.core.TextInput;
import io.alidade.train.objective.Relation;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// The texts of one step: a query for each example, and as candidates all positives followed by all
/// hard negatives. For symmetric tasks the instruction stands on both sides.
///
/// @param ids the examples' ids, in order
/// @param queries one an example
/// @param candidates positives in the examples' order, then hard negatives
/// @param relation which candidate belongs to which query; other occurrences of a query's own
///   positive or of the query itself are no negatives
public record Batch(
    List<String> ids, List<TextInput> queries, List<TextInput> candidates, Relation relation) {
  public Batch {
    ids = List.copyOf(ids);
    queries = List.copyOf(queries);
    candidates = List.copyOf(candidates);
  }

  /// The batch of these examples.
  ///
  /// @param hardNegatives how many of an example's negatives to use, from the first
  public static Batch of(List<Example> examples, int hardNegatives, boolean inBatchNegatives) {
    var queries = new ArrayList<TextInput>();
    var candidates = new ArrayList<TextInput>();
    var owners = new ArrayList<Integer>();
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      queries.add(TextInput.query(example.instruction(), example.query()));
      candidates.add(candidate(example, example.positive()));
      owners.add(i);
    }
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      for (String negative : example.negatives().stream().limit(hardNegatives).toList()) {
        candidates.add(candidate(example, negative));
        owners.add(i);
      }
    }
    var positives = new ArrayList<Integer>();
    var excluded = new ArrayList<BitSet>();
    for (int i = 0; i < examples.size(); i++) {
      positives.add(i);
      excluded.add(excluded(examples.get(i), i, candidates, owners, inBatchNegatives));
    }
    return new Batch(
        examples.stream().map(Example::id).toList(),
        queries,
        candidates,
        new Relation(positives, excluded, candidates.size()));
  }

  private static TextInput candidate(Example example, String text) {
    return example.kind().symmetric()
        ? TextInput.query(example.instruction(), text)
        : TextInput.document(text);
  }

  private static BitSet excluded(
      Example example,
      int row,
      List<TextInput> candidates,
      List<Integer> owners,
      boolean inBatchNegatives) {
    var excluded = new BitSet();
    for (int j = 0; j < candidates.size(); j++) {
      String text = candidates.get(j).text();
      boolean sameText = text.equals(example.positive()) || text.equals(example.query());
      boolean othersOnly = !inBatchNegatives && owners.get(j) != row;
      excluded.set(j, j != row && (sameText || othersOnly));
    }
    return excluded;
  }
}
