package io.alidade.train.objective;

import io.alidade.core.Annotation;
import io.alidade.core.TextInput;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// What is known of the texts behind a batch's vectors.
///
/// @param queries one an example
/// @param candidates each query's positive in the queries' order, then the hard negatives
/// @param annotations what the data says beside the texts, one an example
/// @param inBatchNegatives whether an example's texts are negatives of others, and theirs of it,
///   one an example
public record Relation(
    List<Source> queries,
    List<Source> candidates,
    List<Annotation> annotations,
    List<Boolean> inBatchNegatives) {

  /// A text of the batch.
  ///
  /// @param example the index of the example that it belongs to
  /// @param document its identifier in a corpus; empty if it has none
  public record Source(int example, TextInput input, String document) {
    String text() {
      return input.text();
    }
  }

  /// Of examples that all are each other's negatives.
  public Relation(List<Source> queries, List<Source> candidates, List<Annotation> annotations) {
    this(queries, candidates, annotations, Collections.nCopies(queries.size(), true));
  }

  public Relation {
    queries = List.copyOf(queries);
    candidates = List.copyOf(candidates);
    annotations = List.copyOf(annotations);
    inBatchNegatives = List.copyOf(inBatchNegatives);
    for (int i = 0; i < queries.size(); i++) {
      if (i >= candidates.size() || candidates.get(i).example() != i) {
        throw new IllegalArgumentException(
            "candidate %d is not the positive of query %d".formatted(i, i));
      }
    }
    if (annotations.size() != queries.size() || inBatchNegatives.size() != queries.size()) {
      throw new IllegalArgumentException(
          "%d annotations and %d flags for %d queries"
              .formatted(annotations.size(), inBatchNegatives.size(), queries.size()));
    }
  }

  /// Whether two examples' texts are negatives of each other.
  boolean meet(int one, int other) {
    return inBatchNegatives.get(one) && inBatchNegatives.get(other);
  }

  /// The grade of a graded pair.
  ///
  /// @throws IllegalArgumentException if it has none; [Objective#refusal] keeps such examples out
  double grade(int pair) {
    return annotations
        .get(pair)
        .score()
        .orElseThrow(() -> new IllegalArgumentException("a pair of the batch has no score"));
  }

  /// The candidates of each query's own example: the positive, then its negatives.
  List<List<Integer>> own() {
    List<List<Integer>> own = new ArrayList<>();
    queries.forEach(_ -> own.add(new ArrayList<>()));
    for (int i = 0; i < candidates.size(); i++) {
      own.get(candidates.get(i).example()).add(i);
    }
    return own;
  }
}
