package io.alidade.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.alidade.core.DotProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactSearchTest {

  @Test
  void search_manyDocumentsWithTies_equalsFullSort() {
    var random = new Random(5);
    for (int size : new int[] {0, 1, 255, 256, 700}) {
      // Components out of {-1, 0, 1} make exact sums and many ties.
      List<float[]> documents = new ArrayList<>();
      var search = ExactSearch.builder(6);
      for (int i = 0; i < size; i++) {
        documents.add(vector(random));
        search.add("d" + i, documents.get(i));
      }
      float[][] queries = {vector(random), vector(random), vector(random)};
      List<List<Hit>> found = search.build().search(queries, 20, 2);
      for (int q = 0; q < queries.length; q++) {
        assertThat(found.get(q)).isEqualTo(sorted(documents, queries[q], 20));
      }
    }
  }

  @Test
  void search_anyThreads_givesTheSame() {
    var random = new Random(6);
    var builder = ExactSearch.builder(6);
    for (int i = 0; i < 600; i++) {
      builder.add("d" + random.nextInt(), vector(random));
    }
    float[][] queries = new float[17][];
    for (int q = 0; q < queries.length; q++) {
      queries[q] = vector(random);
    }
    ExactSearch search = builder.build();
    assertThat(search.search(queries, 9, 4)).isEqualTo(search.search(queries, 9, 1));
  }

  @Test
  void search_overVectorsElsewhere_givesTheSame() {
    var random = new Random(7);
    for (int size : new int[] {0, 1, 256, 257, 700}) {
      List<float[]> documents = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      var builder = ExactSearch.builder(6);
      for (int i = 0; i < size; i++) {
        documents.add(vector(random));
        ids.add("d" + i);
        builder.add(ids.get(i), documents.get(i));
      }
      float[][] queries = {vector(random), vector(random), vector(random)};
      assertThat(ExactSearch.over(6, ids, documents::get).search(queries, 9, 2))
          .isEqualTo(builder.build().search(queries, 9, 2));
    }
  }

  @Test
  void search_wrongLength_namesBoth() {
    ExactSearch search = ExactSearch.builder(3).add("a", new float[3]).build();
    assertThatThrownBy(() -> search.search(new float[2], 1))
        .hasMessage("a vector of 3 dimensions is needed, got 2");
  }

  private static List<Hit> sorted(List<float[]> documents, float[] query, int k) {
    var hits = new ArrayList<Hit>();
    for (int i = 0; i < documents.size(); i++) {
      hits.add(new Hit("d" + i, (float) DotProduct.of(documents.get(i), query) + 0f));
    }
    hits.sort(Hit.TREC_ORDER);
    return List.copyOf(hits.subList(0, Math.min(k, hits.size())));
  }

  private static float[] vector(Random random) {
    float[] vector = new float[6];
    for (int d = 0; d < vector.length; d++) {
      vector[d] = random.nextInt(3) - 1;
    }
    return vector;
  }
}
