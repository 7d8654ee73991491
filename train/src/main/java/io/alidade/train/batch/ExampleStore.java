package io.alidade.train.batch;

import java.util.List;

/// Examples by their numbers, wherever their texts are.
public interface ExampleStore {

  /// What a [BatchPlan] must know of them.
  ExampleTable table();

  /// The examples of a batch.
  ///
  /// @param numbers their places in the table
  /// @param epoch of which what they look like may be a function
  List<Member> read(int[] numbers, int epoch);
}
