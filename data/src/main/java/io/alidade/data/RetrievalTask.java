package io.alidade.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Queries, the documents they are searched in, and which documents are relevant.
///
/// @param queries only those with judgements
/// @param judgements by query id, then document id: the grade; 0 and below is not relevant
public record RetrievalTask(
    TaskInfo info,
    List<Document> corpus,
    List<Query> queries,
    Map<String, Map<String, Integer>> judgements)
    implements EvaluationTask {

  /// A text that is searched for.
  public record Query(String id, String text) {}

  /// A text that is searched.
  ///
  /// @param title may be empty
  public record Document(String id, String title, String text) {

    /// What is embedded: title and text with a blank between, as BEIR and mteb join them.
    public String content() {
      return (title + " " + text).strip();
    }
  }

  public RetrievalTask {
    corpus = List.copyOf(corpus);
    queries = List.copyOf(queries);
    var copy = new LinkedHashMap<String, Map<String, Integer>>();
    judgements.forEach((query, grades) -> copy.put(query, Map.copyOf(grades)));
    judgements = Collections.unmodifiableMap(copy);
  }

  @Override
  public TaskType type() {
    return TaskType.RETRIEVAL;
  }

  @Override
  public int items() {
    return queries.size();
  }

  @Override
  public RetrievalTask withInfo(TaskInfo other) {
    return new RetrievalTask(other, corpus, queries, judgements);
  }
}
