package io.alidade.train.objective;

import io.alidade.core.Annotation;
import io.alidade.core.TextInput;
import java.util.ArrayList;
import java.util.List;

/// What is known of the texts behind a batch's vectors.
///
/// @param queries one an example
/// @param candidates each query's positive in the queries' order, then the hard negatives
/// @param annotations what the data says beside the texts, one an example
public record Relation(
    List<Source> queries, List<Source> candidates, List<Annotation> annotations) {

  /// A text of the batch.
  ///
  /// @param example the index of the example that it belongs to
  /// @param document its identifier in a corpus; empty if it has none
  public record Source(int example, TextInput input, String document) {
    String text() {
      return input.text();
    }
  }

  public Relation {
    queries = List.copyOf(queries);
    candidates = List.copyOf(candidates);
    annotations = List.copyOf(annotations);
    for (int i = 0; i < queries.size(); i++) {
      if (i >= candidates.size() || candidates.get(i).example() != i) {
        throw new IllegalArgumentException(
            "candidate %d is not the positive of query %d".formatted(i, i));
      }
    }
    if (annotations.size() != queries.size()) {
      throw new IllegalArgumentException(
          "%d annotations for %d queries".formatted(annotations.size(), queries.size()));
    }
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
