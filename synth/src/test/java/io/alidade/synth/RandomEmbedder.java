package io.alidade.synth;

import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import java.util.List;
import java.util.Random;

/// An embedder whose vectors are random functions of the texts, few enough in dimensions that any
/// two may be near.
final class RandomEmbedder implements Embedder {
  private static final int DIMENSIONS = 6;

  @Override
  public String name() {
    return "random";
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public float[][] embed(List<TextInput> inputs) {
    return inputs.stream().map(input -> vector(input.text())).toArray(float[][]::new);
  }

  @Override
  public void close() {
    // nothing is held
  }

  double cosine(String a, String b) {
    float[] first = vector(a);
    float[] second = vector(b);
    double sum = 0;
    for (int i = 0; i < DIMENSIONS; i++) {
      sum += (double) first[i] * second[i];
    }
    return sum;
  }

  private static float[] vector(String text) {
    var random = new Random(text.hashCode());
    double[] values = random.doubles(DIMENSIONS).map(value -> value - 0.5).toArray();
    double square = 0;
    for (double value : values) {
      square += value * value;
    }
    float[] vector = new float[DIMENSIONS];
    for (int i = 0; i < DIMENSIONS; i++) {
      vector[i] = (float) (values[i] / Math.sqrt(square));
    }
    return vector;
  }
}
