package io.alidade.mine;

import io.alidade.core.DotProduct;
import io.alidade.core.TextInput;
import io.alidade.eval.ExactSearch;
import io.alidade.eval.Hit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;

/// Ranks by the cosine of an embedder's vectors, comparing each query with every document.
public final class VectorTeacher implements Teacher {
  private static final int QUERIES_A_SEARCH = 1024;

  private final Map<TextInput, float[]> vectors;
  private final int threads;

  /// @param vectors of length 1, of all texts of the groups to come: see [Mining#texts]
  public VectorTeacher(Map<TextInput, float[]> vectors, int threads) {
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
      float[][] queries = some.stream().map(q -> vector(q.query())).toArray(float[][]::new);
      List<List<Hit>> hits = search.search(queries, depth, threads);
      for (int i = 0; i < some.size(); i++) {
        Question question = some.get(i);
        found.accept(question, new Ranking(positive(question), scored(hits.get(i), documents)));
      }
    }
  }

  private ExactSearch index(List<TextInput> documents) {
    var builder = ExactSearch.builder(vector(documents.getFirst()).length);
    for (int i = 0; i < documents.size(); i++) {
      builder.add(id(i, documents.size()), vector(documents.get(i)));
    }
    return builder.build();
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
    return DotProduct.of(vector(question.query()), vector(question.positive()));
  }

  private float[] vector(TextInput text) {
    return Objects.requireNonNull(vectors.get(text), () -> "no vector of: " + text);
  }
}
