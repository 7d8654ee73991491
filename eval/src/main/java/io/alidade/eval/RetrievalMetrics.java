package io.alidade.eval;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Metrics of one query's ranking against its judgements, as trec_eval computes them. A document
/// without a judgement counts as not relevant; so does a grade of 0 or below.
///
/// @see <a href="https://github.com/usnistgov/trec_eval">trec_eval</a>, whose measures `ndcg_cut`,
///   `recall`, `recip_rank` and `map` these are
public final class RetrievalMetrics {
  private static final List<Integer> CUTS = List.of(1, 3, 5, 10, 20, 100, 1000);
  private static final int ALL = Integer.MAX_VALUE;

  private final List<String> ranking;
  private final Map<String, Integer> grades;

  /// A ranking with the judgements of its query.
  ///
  /// @param ranking document ids, best first, in [Hit#TREC_ORDER]
  /// @param grades by document id
  public RetrievalMetrics(List<String> ranking, Map<String, Integer> grades) {
    this.ranking = List.copyOf(ranking);
    this.grades = Map.copyOf(grades);
  }

  /// `nDCG@k = Σ_{i≤k} grade_i / log2(i + 1)`, divided by the same sum for the ideal ranking.
  public double ndcg(int k) {
    double ideal = 0;
    List<Integer> best =
        grades.values().stream().filter(g -> g > 0).sorted(Comparator.reverseOrder()).toList();
    for (int i = 0; i < Math.min(k, best.size()); i++) {
      ideal += best.get(i) / log2(i + 2);
    }
    double gained = 0;
    for (int i = 0; i < depth(k); i++) {
      gained += Math.max(0, grade(i)) / log2(i + 2);
    }
    return ideal == 0 ? 0 : gained / ideal;
  }

  /// The share of the relevant documents that stand among the first k.
  public double recall(int k) {
    return relevant() == 0 ? 0 : (double) relevantAmong(k) / relevant();
  }

  /// The share of relevant documents among the first k places.
  public double precision(int k) {
    return (double) relevantAmong(k) / k;
  }

  /// One over the place of the first relevant document; 0 if it is not among the first k.
  public double reciprocalRank(int k) {
    for (int i = 0; i < depth(k); i++) {
      if (grade(i) > 0) {
        return 1.0 / (i + 1);
      }
    }
    return 0;
  }

  /// The precision at each relevant document among the first k, summed, over the number of relevant
  /// documents.
  public double averagePrecision(int k) {
    double sum = 0;
    int found = 0;
    for (int i = 0; i < depth(k); i++) {
      if (grade(i) > 0) {
        found++;
        sum += (double) found / (i + 1);
      }
    }
    return relevant() == 0 ? 0 : sum / relevant();
  }

  public double averagePrecision() {
    return averagePrecision(ALL);
  }

  /// Every metric at mteb's cuts, under mteb's names such as `ndcg_at_10`.
  public Map<String, Double> all() {
    var values = new LinkedHashMap<String, Double>();
    CUTS.forEach(k -> values.put("ndcg_at_" + k, ndcg(k)));
    CUTS.forEach(k -> values.put("map_at_" + k, averagePrecision(k)));
    CUTS.forEach(k -> values.put("recall_at_" + k, recall(k)));
    CUTS.forEach(k -> values.put("precision_at_" + k, precision(k)));
    CUTS.forEach(k -> values.put("mrr_at_" + k, reciprocalRank(k)));
    return values;
  }

  private int depth(int k) {
    return Math.min(k, ranking.size());
  }

  private int grade(int place) {
    return grades.getOrDefault(ranking.get(place), 0);
  }

  private long relevant() {
    return grades.values().stream().filter(grade -> grade > 0).count();
  }

  private long relevantAmong(int k) {
    return ranking.stream().limit(k).filter(id -> grades.getOrDefault(id, 0) > 0).count();
  }

  private static double log2(double x) {
    return Math.log(x) / Math.log(2);
  }
}
