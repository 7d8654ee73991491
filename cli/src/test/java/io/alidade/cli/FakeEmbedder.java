package io.alidade.cli;

import io.alidade.core.Embedder;
import io.alidade.core.TextInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// An embedder whose vectors count the letters of a text, so that texts with the same words are
/// near. It remembers what it was asked for.
final class FakeEmbedder implements Embedder {
  static final int DIMENSIONS = 32;

  final List<TextInput> inputs = new ArrayList<>();
  private final Runnable afterBatch;

  FakeEmbedder(Runnable afterBatch) {
    this.afterBatch = afterBatch;
  }

  @Override
  public String name() {
    return "letters";
  }

  @Override
  public int dimensions() {
    return DIMENSIONS;
  }

  @Override
  public float[][] embed(List<TextInput> batch) {
    inputs.addAll(batch);
    afterBatch.run();
    return batch.stream().map(input -> vector(input.text())).toArray(float[][]::new);
  }

  @Override
  public void close() {
    // nothing is held
  }

  /// The vector of a text, for comparison.
  static float[] vector(String text) {
    float[] counts = new float[DIMENSIONS];
    counts[0] = 1;
    for (byte letter : text.getBytes(StandardCharsets.UTF_8)) {
      counts[letter & (DIMENSIONS - 1)]++;
    }
    double square = 0;
    for (float count : counts) {
      square += count * count;
    }
    for (int i = 0; i < DIMENSIONS; i++) {
      counts[i] = (float) (counts[i] / Math.sqrt(square));
    }
    return counts;
  }
}
