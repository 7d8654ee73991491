package io.alidade.eval.api;

import java.util.List;

/// Scores how well texts answer a query, higher is better. Threads may share it.
@FunctionalInterface
public interface Reranker {

  /// The scores of the texts, in their order.
  ///
  /// @throws ServerException if it is a server that cannot be asked or gives something else
  double[] scores(String query, List<String> texts);
}
