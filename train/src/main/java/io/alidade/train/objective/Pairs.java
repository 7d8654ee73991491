package io.alidade.train.objective;

import io.alidade.tensor.Tensor;
import java.util.List;
import java.util.stream.LongStream;

/// Pairs of a query and a candidate of a batch, for losses that are functions of their scores.
final class Pairs {
  private final PairScore score;
  private final long[] queries;
  private final long[] candidates;

  private Pairs(PairScore score, long[] queries, long[] candidates) {
    this.score = score;
    this.queries = queries;
    this.candidates = candidates;
  }

  /// Each query with its positive.
  static Pairs positives(PairScore score, Relation relation) {
    long[] all = LongStream.range(0, relation.queries().size()).toArray();
    return new Pairs(score, all, all);
  }

  /// Each query with its own candidates, as [Relation#own] has them.
  static Pairs own(PairScore score, Relation relation) {
    List<List<Integer>> own = relation.own();
    var queries = LongStream.builder();
    var candidates = LongStream.builder();
    for (int query = 0; query < own.size(); query++) {
      for (int candidate : own.get(query)) {
        queries.add(query);
        candidates.add(candidate);
      }
    }
    return new Pairs(score, queries.build().toArray(), candidates.build().toArray());
  }

  /// One score a pair.
  double[] scores(Vectors vectors) {
    return score.of(left(vectors), right(vectors)).toDoubles();
  }

  /// The gradient of a function of the scores.
  ///
  /// @param slopes the function's derivative by each score
  Vectors gradient(Vectors vectors, double[] slopes) {
    Tensor column = Tensor.of(slopes, slopes.length, 1).to(vectors.queries().dtype());
    PairScore.Sides sides = score.gradient(left(vectors), right(vectors), column);
    Vectors gradient = vectors.zeros();
    gradient.queries().addRows(Tensor.of(queries), sides.left());
    gradient.candidates().addRows(Tensor.of(candidates), sides.right());
    return gradient;
  }

  private Tensor left(Vectors vectors) {
    return vectors.queries().rows(Tensor.of(queries));
  }

  private Tensor right(Vectors vectors) {
    return vectors.candidates().rows(Tensor.of(candidates));
  }
}
