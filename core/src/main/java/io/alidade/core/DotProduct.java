package io.alidade.core;

/// The dot product of two vectors, in double precision: the cosine of those of length 1, as every
/// [Embedder] gives them.
public final class DotProduct {
  private DotProduct() {}

  /// The sum of the products of their values.
  ///
  /// @param a as long as `b`
  /// @param b as long as `a`
  public static double of(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
