package io.alidade.train.objective;

import io.alidade.tensor.Tensor;

/// Which texts of a batch are scored against which, as negatives of one pair.
public enum Direction {
  /// The query against all positives and hard negatives: the pair itself is among these.
  QUERY_TO_DOCUMENT,
  /// The query against the other queries.
  QUERY_TO_QUERY,
  /// The positive against all queries.
  DOCUMENT_TO_QUERY,
  /// The positive against the documents of the other pairs.
  DOCUMENT_TO_DOCUMENT;

  /// One row a pair, `[queries, hidden]`.
  Tensor left(Vectors vectors) {
    return switch (this) {
      case QUERY_TO_DOCUMENT, QUERY_TO_QUERY -> vectors.queries();
      case DOCUMENT_TO_QUERY, DOCUMENT_TO_DOCUMENT -> vectors.positives();
    };
  }

  /// What each of them is scored against, `[queries or candidates, hidden]`.
  Tensor right(Vectors vectors) {
    return switch (this) {
      case QUERY_TO_DOCUMENT, DOCUMENT_TO_DOCUMENT -> vectors.candidates();
      case QUERY_TO_QUERY, DOCUMENT_TO_QUERY -> vectors.queries();
    };
  }
}
