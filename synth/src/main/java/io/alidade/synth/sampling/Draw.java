package io.alidade.synth.sampling;

import java.util.List;

/// Random choices that are functions of a seed and a subject, such as `example/17`. Each choice has
/// a name, and choices of different names are independent.
///
/// @see <a href="https://doi.org/10.1145/2660193.2660195">Steele et al., Fast Splittable
///   Pseudorandom Number Generators, 2014</a>, whose finaliser is the hash
public record Draw(long seed, String subject) {

  /// A number in `[0, 1)`.
  public double share(String choice) {
    return (hash(choice) >>> 11) * 0x1.0p-53;
  }

  /// One of the elements, all equally likely.
  public <T> T pick(String choice, List<T> elements) {
    return elements.get((int) (share(choice) * elements.size()));
  }

  /// A seed for the LLM: a whole number that every server takes.
  public long callSeed() {
    return hash("seed") >>> 33;
  }

  private long hash(String choice) {
    return mix(absorb(mix(absorb(mix(seed), subject)), choice));
  }

  private static long absorb(long state, String text) {
    long hash = state;
    for (int i = 0; i < text.length(); i++) {
      hash = mix(hash ^ text.charAt(i));
    }
    return hash;
  }

  private static long mix(long value) {
    long z = value + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
