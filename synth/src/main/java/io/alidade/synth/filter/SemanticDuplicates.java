package io.alidade.synth.filter;

import io.alidade.core.DotProduct;
import io.alidade.core.Example;
import java.util.ArrayList;
import java.util.List;

/// Refuses examples whose query means what an earlier one's does. Every query is compared with all
/// before it and held as a vector: meant for tens of thousands of examples. Belongs to one thread.
public final class SemanticDuplicates {
  private final Similarity similarity;
  private final double threshold;
  private final List<float[]> queries = new ArrayList<>();

  /// @param threshold the cosine from which two queries mean the same
  public SemanticDuplicates(Similarity similarity, double threshold) {
    this.similarity = similarity;
    this.threshold = threshold;
  }

  /// Remembers the example, if it is new.
  ///
  /// @return whether it is new
  public boolean add(Example example) {
    float[] query = similarity.query(example);
    for (float[] earlier : queries) {
      if (DotProduct.of(query, earlier) >= threshold) {
        return false;
      }
    }
    queries.add(query);
    return true;
  }
}
