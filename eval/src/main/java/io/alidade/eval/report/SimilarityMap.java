package io.alidade.eval.report;

import io.alidade.core.DotProduct;
import java.util.ArrayList;
import java.util.List;

/// The cosine similarity of each text to each, before and after.
///
/// @param before `[texts, texts]`
/// @param after `[texts, texts]`
public record SimilarityMap(
    List<String> texts, List<List<Double>> before, List<List<Double>> after) {

  public SimilarityMap {
    texts = List.copyOf(texts);
    before = before.stream().map(List::copyOf).toList();
    after = after.stream().map(List::copyOf).toList();
  }

  public static SimilarityMap none() {
    return new SimilarityMap(List.of(), List.of(), List.of());
  }

  /// From the normalised vectors `[texts, dimensions]` of both models.
  public static SimilarityMap of(List<String> texts, float[][] before, float[][] after) {
    return new SimilarityMap(texts, cosines(before), cosines(after));
  }

  private static List<List<Double>> cosines(float[][] vectors) {
    var rows = new ArrayList<List<Double>>();
    for (float[] a : vectors) {
      var row = new ArrayList<Double>();
      for (float[] b : vectors) {
        row.add(DotProduct.of(a, b));
      }
      rows.add(row);
    }
    return rows;
  }
}
