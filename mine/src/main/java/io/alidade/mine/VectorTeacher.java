package io.alidade.mine;

import io.alidade.core.DotProduct;
import io.alidade.core.TextInput;
import io.alidade.eval.ExactSearch;
import io.alidade.eval.Hit;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Ranks by the cosine of an embedder's vectors, comparing each query with every document.
///
/// Vectors may lie in a file: those of a thousand questions are held at a time, and of the
/// documents a block a thread. Ranking a group goes through its documents once a thousand
/// questions.
public final class VectorTeacher implements Teacher {
  private static final int QUERIES_A_SEARCH = 1024;

  private final Function<TextInput, float[]> vectors;
  private final int threads;

  /// @param vectors of length 1, of all texts of the groups to come: see [Mining#texts]; threads
  ///   share it
  public VectorTeacher(Function<TextInput, float[]> vectors, int threads) {
    this.vectors = vectors;
    this.threads = threads;
  }

  @Override
  public void rank(Group group, int depth, BiConsumer<Question, Ranking> found) {
    List<Question> questions = group.questions();
    int documents = group.documents().size();
    if (documents == 0) {
      questions.forEach(each -> found.accept(each, new Ranking(positive(each), List.of())));
      return;
    }
    ExactSearch search = index(group.documents());
    for (int from = 0; from < questions.size(); from += QUERIES_A_SEARCH) {
      List<Question> some =
          questions.subList(from, Math.min(from + QUERIES_A_SEARCH, questions.size()));
      float[][] queries = some.stream().map(q -> vectors.apply(q.query())).toArray(float[][]::new);
      List<List<Hit>> hits = search.search(queries, depth, threads);
      for (int i = 0; i < some.size(); i++) {
        Question question = some.get(i);
        found.accept(question, new Ranking(positive(question), scored(hits.get(i), documents)));
      }
    }
  }

  private ExactSearch index(List<TextInput> documents) {
    List<String> ids =
        IntStream.range(0, documents.size()).mapToObj(i -> id(i, documents.size())).toList();
    int dimensions = vectors.apply(documents.getFirst()).length;
    return ExactSearch.over(dimensions, ids, i -> vectors.apply(documents.get(i)));
  }

  /// Ties fall to the highest id, so the earliest document gets the highest.
  private static String id(int document, int count) {
    return "%09d".formatted(count - document);
  }

  private static List<Ranking.Scored> scored(List<Hit> hits, int count) {
    return hits.stream()
        .map(hit -> new Ranking.Scored(count - Integer.parseInt(hit.document()), hit.score()))
        .toList();
  }

  private double positive(Question question) {
    return DotProduct.of(vectors.apply(question.query()), vectors.apply(question.positive()));
  }
}
