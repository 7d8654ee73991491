package io.alidade.eval;

import io.alidade.data.RetrievalTask;
import io.alidade.data.TaskType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Turns the rankings of a retrieval task into its scores.
final class RetrievalScores {
  private RetrievalScores() {}

  /// Averages every metric over the queries.
  ///
  /// @param found for each query of the task the hits in [Hit#TREC_ORDER], one more than the depth
  static TaskScores of(
      RetrievalTask task, List<List<Hit>> found, EvaluationSettings settings, long texts) {
    var sums = new LinkedHashMap<String, Double>();
    var items = new ArrayList<ItemScores.Mean.Value>();
    var rankings = new LinkedHashMap<String, List<Hit>>();
    Set<RetrievalTask.Query> documents = asQueries(task);
    for (int q = 0; q < found.size(); q++) {
      RetrievalTask.Query query = task.queries().get(q);
      List<Hit> hits = withoutItself(found.get(q), query, documents, settings.depth());
      Map<String, Double> values =
          new RetrievalMetrics(
                  hits.stream().map(Hit::document).toList(),
                  task.judgements().getOrDefault(query.id(), Map.of()))
              .all();
      values.forEach((name, value) -> sums.merge(name, value, Double::sum));
      items.add(
          new ItemScores.Mean.Value(query.id(), values.getOrDefault(task.info().metric(), 0.0)));
      rankings.put(query.id(), hits.subList(0, Math.min(settings.keptHits(), hits.size())));
    }
    sums.replaceAll((_, sum) -> sum / found.size());
    return new TaskScores(
        task.info(), TaskType.RETRIEVAL, sums, new ItemScores.Mean(items), rankings, texts, 0);
  }

  /// In some collections (ArguAna, Quora) the queries are documents themselves; finding itself is
  /// no find. BEIR drops every document with the query's id; here its text must be the query's as
  /// well, for plain numbers as ids coincide in unrelated files.
  private static List<Hit> withoutItself(
      List<Hit> hits, RetrievalTask.Query query, Set<RetrievalTask.Query> documents, int depth) {
    boolean itself = documents.contains(query);
    return hits.stream()
        .filter(hit -> !(itself && hit.document().equals(query.id())))
        .limit(depth)
        .toList();
  }

  /// The documents with id and text alone, as a query has them.
  private static Set<RetrievalTask.Query> asQueries(RetrievalTask task) {
    var documents = new HashSet<RetrievalTask.Query>();
    for (RetrievalTask.Document document : task.corpus()) {
      documents.add(new RetrievalTask.Query(document.id(), document.text()));
      documents.add(new RetrievalTask.Query(document.id(), document.content()));
    }
    return documents;
  }
}
