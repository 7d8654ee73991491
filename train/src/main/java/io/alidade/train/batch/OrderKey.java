package io.alidade.train.batch;

/// A place in a shuffled order: a hash of (seed, epoch, id), and the id where two hashes agree.
///
/// @param hash uniformly distributed
public record OrderKey(long hash, String id) implements Comparable<OrderKey> {

  /// The key of an id in one epoch.
  public static OrderKey of(long seed, int epoch, String id) {
    long hash = mix(seed ^ mix(epoch));
    for (int i = 0; i < id.length(); i++) {
      hash = mix(hash ^ id.charAt(i));
    }
    return new OrderKey(hash, id);
  }

  /// The hash as a number in `[0, 1)`.
  public double share() {
    return (hash >>> 11) * 0x1.0p-53;
  }

  @Override
  public int compareTo(OrderKey other) {
    int byHash = Long.compareUnsigned(hash, other.hash);
    return byHash != 0 ? byHash : id.compareTo(other.id);
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
