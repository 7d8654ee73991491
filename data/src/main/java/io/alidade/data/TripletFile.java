package io.alidade.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads `{query, positive, negative}` lines (each side one text or a list) as a retrieval task:
/// the corpus is every distinct positive and negative, and a query's positives are its relevant
/// documents. Lines with the same query are one query.
final class TripletFile {
  private final Map<String, String> documents = new LinkedHashMap<>();
  private final Map<String, String> queries = new LinkedHashMap<>();
  private final Map<String, Map<String, Integer>> judgements = new LinkedHashMap<>();

  private TripletFile() {}

  static RetrievalTask read(Path file, TaskInfo info) {
    var reader = new TripletFile();
    JsonLines.forEach(file, reader::add);
    return reader.task(info);
  }

  private void add(JsonLine line) {
    String query = queries.computeIfAbsent(line.text("query"), _ -> "q" + (queries.size() + 1));
    var grades = judgements.computeIfAbsent(query, _ -> new LinkedHashMap<>());
    for (String positive : line.texts("positive")) {
      grades.put(document(positive), 1);
    }
    for (String column : List.of("negative", "negatives")) {
      if (line.has(column)) {
        line.texts(column).forEach(this::document);
      }
    }
  }

  private String document(String text) {
    return documents.computeIfAbsent(text, _ -> "d" + (documents.size() + 1));
  }

  private RetrievalTask task(TaskInfo info) {
    var corpus = new ArrayList<RetrievalTask.Document>();
    documents.forEach((text, id) -> corpus.add(new RetrievalTask.Document(id, "", text)));
    var asked = new ArrayList<RetrievalTask.Query>();
    queries.forEach((text, id) -> asked.add(new RetrievalTask.Query(id, text)));
    return new RetrievalTask(info, corpus, asked, judgements);
  }
}
