package io.alidade.eval.parity;

import java.util.ArrayList;
import java.util.List;

/// Arithmetic of vectors, in double precision.
public final class Vectors {
  private Vectors() {}

  /// The values of an array.
  public static List<Float> list(float[] vector) {
    var values = new ArrayList<Float>(vector.length);
    for (float value : vector) {
      values.add(value);
    }
    return values;
  }

  /// The cosine of the angle between two vectors; 0 where one has no direction, or they differ in
  /// length.
  public static double cosine(List<Float> a, List<Float> b) {
    double dot = 0;
    double squareOfA = 0;
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      double value = a.get(i);
      dot += value * b.get(i);
      squareOfA += value * value;
    }
    double norms = Math.sqrt(squareOfA) * norm(b);
    return a.size() == b.size() && norms > 0 ? dot / norms : 0;
  }

  static double norm(List<Float> vector) {
    double square = 0;
    for (float value : vector) {
      square += (double) value * value;
    }
    return Math.sqrt(square);
  }

  /// Whether a vector points where the first dimensions of a longer one do.
  static boolean isCut(List<Float> whole, List<Float> part, double gate) {
    return part.size() < whole.size() && cosine(whole.subList(0, part.size()), part) >= gate;
  }
}
