package io.alidade.synth.filter;

import io.alidade.core.DotProduct;
import io.alidade.core.Embedder;
import io.alidade.core.Example;
import io.alidade.core.TextInput;
import java.util.ArrayList;
import java.util.List;

/// An embedder for the filters that compare meanings. Threads may share it.
///
/// @param identity what decides its vectors, such as a model's hash: a run goes on with the same
///   only
public record Similarity(Embedder embedder, String identity) {

  /// The vector of the example's query.
  float[] query(Example example) {
    return embedder.embed(List.of(example.queryInput()))[0];
  }

  /// How near the query is to the positive, and to the nearest negative behind it.
  double[] cosines(Example example) {
    var inputs = new ArrayList<TextInput>();
    inputs.add(example.queryInput());
    inputs.add(example.candidateInput(example.positive()));
    example.negatives().forEach(negative -> inputs.add(example.candidateInput(negative)));
    float[][] vectors = embedder.embed(inputs);
    double nearest = Double.NEGATIVE_INFINITY;
    for (int i = 2; i < vectors.length; i++) {
      nearest = Math.max(nearest, DotProduct.of(vectors[0], vectors[i]));
    }
    return new double[] {DotProduct.of(vectors[0], vectors[1]), nearest};
  }
}
