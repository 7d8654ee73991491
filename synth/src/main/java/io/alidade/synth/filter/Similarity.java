package io.alidade.synth.filter;

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
    return embedder.embed(List.of(TextInput.query(example.instruction(), example.query())))[0];
  }

  /// How near the query is to the positive, and to the nearest negative behind it.
  double[] cosines(Example example) {
    var inputs = new ArrayList<TextInput>();
    inputs.add(TextInput.query(example.instruction(), example.query()));
    inputs.add(answer(example, example.positive()));
    example.negatives().forEach(negative -> inputs.add(answer(example, negative)));
    float[][] vectors = embedder.embed(inputs);
    double nearest = Double.NEGATIVE_INFINITY;
    for (int i = 2; i < vectors.length; i++) {
      nearest = Math.max(nearest, dot(vectors[0], vectors[i]));
    }
    return new double[] {dot(vectors[0], vectors[1]), nearest};
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static TextInput answer(Example example, String text) {
    return example.kind().symmetric()
        ? TextInput.query(example.instruction(), text)
        : TextInput.document(text);
  }
}
