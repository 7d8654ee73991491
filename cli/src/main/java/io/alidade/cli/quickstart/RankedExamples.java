package io.alidade.cli.quickstart;

import io.alidade.data.EvaluationTask;
import io.alidade.data.RetrievalTask;
import io.alidade.eval.EvaluationRun;
import io.alidade.eval.Hit;
import io.alidade.eval.TaskScores;
import io.alidade.eval.report.ReportData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A few queries of the held-out retrieval task with what was found before and after: three that
/// gained the most, and the one that lost the most, so that nobody is fooled.
final class RankedExamples {
  private static final int GAINED = 3;
  private static final int SHOWN = 5;

  private final List<RetrievalTask> tasks;
  private final EvaluationRun before;
  private final EvaluationRun after;

  RankedExamples(List<EvaluationTask> tasks, EvaluationRun before, EvaluationRun after) {
    this.tasks =
        tasks.stream()
            .filter(RetrievalTask.class::isInstance)
            .map(RetrievalTask.class::cast)
            .toList();
    this.before = before;
    this.after = after;
  }

  List<ReportData.RankedQuery> queries() {
    var result = new ArrayList<ReportData.RankedQuery>();
    for (RetrievalTask task : tasks) {
      Map<String, List<Hit>> first = rankings(before, task);
      Map<String, List<Hit>> second = rankings(after, task);
      List<RetrievalTask.Query> byGain =
          task.queries().stream()
              .sorted(
                  Comparator.comparingInt(
                      (RetrievalTask.Query query) ->
                          rank(task, query, second) - rank(task, query, first)))
              .toList();
      Map<String, RetrievalTask.Document> documents =
          task.corpus().stream()
              .collect(Collectors.toMap(RetrievalTask.Document::id, Function.identity()));
      for (RetrievalTask.Query query : picked(byGain)) {
        result.add(
            new ReportData.RankedQuery(
                query.text(),
                shown(task, query, first, documents),
                shown(task, query, second, documents)));
      }
    }
    return result;
  }

  private static List<RetrievalTask.Query> picked(List<RetrievalTask.Query> byGain) {
    var picked = new ArrayList<>(byGain.subList(0, Math.min(GAINED, byGain.size())));
    if (byGain.size() > GAINED) {
      picked.add(byGain.getLast());
    }
    return picked;
  }

  private static Map<String, List<Hit>> rankings(EvaluationRun run, RetrievalTask task) {
    return run.task(task.info().name()).map(TaskScores::rankings).orElseGet(Map::of);
  }

  /// The place of the first relevant document, counted from 0.
  private static int rank(
      RetrievalTask task, RetrievalTask.Query query, Map<String, List<Hit>> rankings) {
    List<Hit> hits = rankings.getOrDefault(query.id(), List.of());
    Set<String> relevant = relevant(task, query);
    for (int i = 0; i < hits.size(); i++) {
      if (relevant.contains(hits.get(i).document())) {
        return i;
      }
    }
    return hits.size();
  }

  private static Set<String> relevant(RetrievalTask task, RetrievalTask.Query query) {
    return task.judgements().getOrDefault(query.id(), Map.of()).entrySet().stream()
        .filter(judged -> judged.getValue() > 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static List<ReportData.RankedText> shown(
      RetrievalTask task,
      RetrievalTask.Query query,
      Map<String, List<Hit>> rankings,
      Map<String, RetrievalTask.Document> documents) {
    Set<String> relevant = relevant(task, query);
    return rankings.getOrDefault(query.id(), List.of()).stream()
        .limit(SHOWN)
        .map(
            hit ->
                new ReportData.RankedText(
                    text(documents, hit.document()),
                    hit.score(),
                    relevant.contains(hit.document())))
        .toList();
  }

  private static String text(Map<String, RetrievalTask.Document> documents, String id) {
    RetrievalTask.Document document = documents.get(id);
    return document == null ? id : document.content();
  }
}
