package io.alidade.data;

import io.alidade.core.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Reads a folder in BEIR's layout: `corpus.jsonl` {_id, title, text}, `queries.jsonl` {_id, text}
/// and `qrels/SPLIT.tsv` with the header `query-id<TAB>corpus-id<TAB>score`. The split is `test`,
/// else `dev`, else the only one there is.
///
/// @see <a href="https://arxiv.org/abs/2104.08663">Thakur et al., BEIR, 2021</a>
final class BeirFolder {
  static final String CORPUS = "corpus.jsonl";
  static final String QUERIES = "queries.jsonl";
  private static final String HEADER = "query-id<TAB>corpus-id<TAB>score";

  private final Path folder;
  private final Path qrels;
  private final List<RetrievalTask.Document> corpus = new ArrayList<>();
  private final Map<String, Long> documentLines = new HashMap<>();
  private final Map<String, RetrievalTask.Query> queries = new LinkedHashMap<>();
  private final Map<String, Map<String, Integer>> judgements = new HashMap<>();

  private BeirFolder(Path folder) {
    this.folder = folder;
    this.qrels = qrelsFile(folder);
  }

  static boolean isOne(Path folder) {
    return Files.exists(folder.resolve(CORPUS)) && Files.exists(folder.resolve(QUERIES));
  }

  static RetrievalTask read(Path folder, TaskSettings settings, String name) {
    var reader = new BeirFolder(folder);
    reader.readCorpus();
    reader.readQueries();
    reader.readJudgements();
    return reader.task(settings, name);
  }

  private void readCorpus() {
    JsonLines.forEach(
        folder.resolve(CORPUS),
        line -> {
          var document =
              new RetrievalTask.Document(
                  line.identifier("_id"), line.textOr("title", ""), line.textOr("text", ""));
          Long before = documentLines.putIfAbsent(document.id(), line.number());
          if (before != null) {
            throw line.error("_id \"%s\" was already on line %d".formatted(document.id(), before));
          }
          corpus.add(document);
        });
  }

  private void readQueries() {
    JsonLines.forEach(
        folder.resolve(QUERIES),
        line -> {
          var query = new RetrievalTask.Query(line.identifier("_id"), line.text("text"));
          if (queries.putIfAbsent(query.id(), query) != null) {
            throw line.error("_id \"%s\" stands on two lines".formatted(query.id()));
          }
        });
  }

  private void readJudgements() {
    long number = 1;
    try (BufferedReader in = Files.newBufferedReader(qrels)) {
      checkHeader(in.readLine());
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        number++;
        if (!line.isBlank()) {
          readJudgement(line, number);
        }
      }
    } catch (IOException e) {
      throw new DataException(qrels, "cannot be read near line " + number + ": " + e, e);
    }
  }

  /// Readers such as BEIR's skip the first line unread: without a header they would lose a
  /// judgement.
  private void checkHeader(String line) {
    String[] columns = line == null ? new String[0] : line.split("\t", -1);
    if (columns.length != 3 || columns[2].strip().matches("-?\\d+")) {
      throw new DataException(qrels, 1, "the header row " + HEADER + " is missing");
    }
  }

  private void readJudgement(String line, long number) {
    String[] columns = line.split("\t", -1);
    if (columns.length != 3) {
      throw new DataException(
          qrels, number, "has %d columns; needed are %s".formatted(columns.length, HEADER));
    }
    String query = columns[0];
    String document = columns[1];
    if (!queries.containsKey(query)) {
      throw new DataException(
          qrels, number, "query id \"%s\" is not in %s".formatted(query, QUERIES));
    }
    if (!documentLines.containsKey(document)) {
      throw new DataException(
          qrels, number, "document id \"%s\" is not in %s".formatted(document, CORPUS));
    }
    var grades = judgements.computeIfAbsent(query, _ -> new TreeMap<>());
    if (grades.put(document, grade(columns[2], number)) != null) {
      throw new DataException(
          qrels,
          number,
          "judges query \"%s\" and document \"%s\" a second time".formatted(query, document));
    }
  }

  private int grade(String text, long number) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException _) {
      throw new DataException(qrels, number, "score \"%s\" is no whole number".formatted(text));
    }
  }

  private RetrievalTask task(TaskSettings settings, String name) {
    List<RetrievalTask.Query> judged =
        queries.values().stream().filter(query -> judgements.containsKey(query.id())).toList();
    if (judged.isEmpty()) {
      throw new DataException(qrels, "judges no query");
    }
    var ordered = new LinkedHashMap<String, Map<String, Integer>>();
    judged.forEach(query -> ordered.put(query.id(), judgements.getOrDefault(query.id(), Map.of())));
    String sha256 =
        TaskHash.of(
            Map.of(
                "corpus",
                folder.resolve(CORPUS),
                "queries",
                folder.resolve(QUERIES),
                "qrels",
                qrels));
    return new RetrievalTask(
        settings.info(TaskType.RETRIEVAL, name, sha256), corpus, judged, ordered);
  }

  private static Path qrelsFile(Path folder) {
    Path qrels = folder.resolve("qrels");
    for (String split : List.of("test", "dev")) {
      if (Files.exists(qrels.resolve(split + ".tsv"))) {
        return qrels.resolve(split + ".tsv");
      }
    }
    if (!Files.isDirectory(qrels)) {
      throw new DataException(qrels.resolve("test.tsv"), "is missing; a BEIR folder needs it");
    }
    try (Stream<Path> files = Files.list(qrels)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(".tsv")).sorted().toList();
      if (found.size() != 1) {
        throw new DataException(qrels, "needs test.tsv, dev.tsv or one single .tsv file");
      }
      return found.getFirst();
    } catch (IOException e) {
      throw new DataException(qrels, "cannot be listed: " + e.getMessage(), e);
    }
  }
}
