package io.alidade.eval;

import java.util.List;
import java.util.stream.IntStream;

/// What a task's score is made of, item by item (a query, a pair, a test text), so that the score
/// can be computed anew over any sample of the items. The paired bootstrap does that.
public sealed interface ItemScores {

  /// The items' ids, in order.
  List<String> ids();

  /// The score over the items at these places, which may repeat.
  double statistic(int[] sample);

  /// The score over all items, once each.
  default double score() {
    return statistic(IntStream.range(0, ids().size()).toArray());
  }

  /// Items whose values are averaged: a query's nDCG, a text's accuracy, a sentence's F1.
  record Mean(List<Value> items) implements ItemScores {

    /// One item and its value.
    public record Value(String id, double value) {}

    public Mean {
      items = List.copyOf(items);
    }

    @Override
    public List<String> ids() {
      return items.stream().map(Value::id).toList();
    }

    @Override
    public double statistic(int[] sample) {
      double sum = 0;
      for (int i : sample) {
        sum += items.get(i).value();
      }
      return sample.length == 0 ? 0 : sum / sample.length;
    }
  }

  /// Pairs whose predicted similarities should rank as the true ones: the score is Spearman's
  /// correlation, which no average of per-pair values gives.
  record Graded(List<Pair> items) implements ItemScores {

    /// One pair, with the cosine and people's grade.
    public record Pair(String id, double predicted, double truth) {}

    public Graded {
      items = List.copyOf(items);
    }

    @Override
    public List<String> ids() {
      return items.stream().map(Pair::id).toList();
    }

    @Override
    public double statistic(int[] sample) {
      double[] predicted = new double[sample.length];
      double[] truth = new double[sample.length];
      for (int i = 0; i < sample.length; i++) {
        predicted[i] = items.get(sample[i]).predicted();
        truth[i] = items.get(sample[i]).truth();
      }
      return Spearman.of(predicted, truth);
    }
  }

  /// Pairs whose predicted similarities should put the true ones first: the score is the average
  /// precision.
  record Binary(List<Case> items) implements ItemScores {

    /// One pair, with the cosine and whether it belongs together.
    public record Case(String id, double predicted, boolean truth) {}

    public Binary {
      items = List.copyOf(items);
    }

    @Override
    public List<String> ids() {
      return items.stream().map(Case::id).toList();
    }

    @Override
    public double statistic(int[] sample) {
      double[] predicted = new double[sample.length];
      boolean[] truth = new boolean[sample.length];
      for (int i = 0; i < sample.length; i++) {
        predicted[i] = items.get(sample[i]).predicted();
        truth[i] = items.get(sample[i]).truth();
      }
      return AveragePrecision.of(truth, predicted);
    }
  }
}
