package io.alidade.eval;

import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A real, tiny embedder for tests: counts of hashed words, L2-normalised, so that texts that share
/// words are near. Counts the texts it was given.
final class WordsEmbedder implements Embedder {
  private static final int DIMENSIONS = 64;
  final List<TextInput> seen = new ArrayList<>();

  @Override
  public String name() {
    return "words";
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public float[][] embed(List<TextInput> inputs) {
    seen.addAll(inputs);
    return inputs.stream().map(input -> vector(input.text())).toArray(float[][]::new);
  }

  private static float[] vector(String text) {
    float[] vector = new float[DIMENSIONS];
    double norm = 0;
    for (String word : text.toLowerCase(Locale.ROOT).split("\\W+", -1)) {
      vector[Math.floorMod(word.hashCode() * 31, DIMENSIONS)]++;
    }
    for (float x : vector) {
      norm += x * x;
    }
    for (int d = 0; d < DIMENSIONS; d++) {
      vector[d] /= (float) Math.sqrt(norm);
    }
    return vector;
  }

  @Override
  public void close() {}
}
