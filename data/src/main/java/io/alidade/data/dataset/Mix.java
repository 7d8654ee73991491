package io.alidade.data.dataset;

/// A number drawn for a seed and an id.
final class Mix {
  private static final int ID_DIGITS = 16;

  private Mix() {}

  /// Uniformly distributed over all 64 bits.
  static long of(long seed, long id) {
    return mix(mix(seed) ^ id);
  }

  /// The first half of an example's id as a number.
  static long number(String id) {
    return Long.parseUnsignedLong(id, 0, ID_DIGITS, 16);
  }

  /// SplitMix64's finaliser.
  ///
  /// @see <a href="https://doi.org/10.1145/2660193.2660195">Steele et al., Fast Splittable
  ///   Pseudorandom Number Generators, 2014</a>
  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
