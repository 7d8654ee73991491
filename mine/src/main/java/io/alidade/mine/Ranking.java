package io.alidade.mine;

import java.util.List;

/// What a teacher thinks of a question's documents.
///
/// @param positive the score of the question's own positive
/// @param documents the best, best first
public record Ranking(double positive, List<Scored> documents) {

  /// A document by its index in the group, and its score: higher is nearer.
  public record Scored(int document, double score) {}

  public Ranking {
    documents = List.copyOf(documents);
  }
}
