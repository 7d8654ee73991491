package io.alidade.synth.text;

import java.util.Arrays;

/// Signatures of texts by which near duplicates are known again. Texts are sets of runs of five
/// characters; two signatures agree in each of their hashes with the share that the sets have in
/// common.
///
/// @see <a href="https://doi.org/10.1109/SEQUEN.1997.666900">Broder, On the resemblance and
///   containment of documents, 1997</a>
public final class MinHash {
  static final int BANDS = 8;
  static final int HASHES = 64;
  private static final int ROWS = HASHES / BANDS;
  private static final int SHINGLE = 5;

  /// A hash function each: `shingle * FACTORS[i] + SUMMANDS[i]`, with odd factors.
  private static final long[] FACTORS = new long[HASHES];

  private static final long[] SUMMANDS = new long[HASHES];

  static {
    for (int i = 0; i < HASHES; i++) {
      FACTORS[i] = mix(2L * i) | 1;
      SUMMANDS[i] = mix(2L * i + 1);
    }
  }

  private MinHash() {}

  /// The least hash of a text's runs by each function.
  static long[] signature(String text) {
    long[] least = new long[HASHES];
    Arrays.fill(least, Long.MAX_VALUE);
    String folded = Words.folded(text);
    int last = Math.max(0, folded.length() - SHINGLE);
    for (int start = 0; start <= last; start++) {
      long shingle = hash(folded, start, Math.min(folded.length(), start + SHINGLE));
      for (int i = 0; i < HASHES; i++) {
        least[i] = Math.min(least[i], shingle * FACTORS[i] + SUMMANDS[i]);
      }
    }
    return least;
  }

  /// A hash for each band of eight hashes. Texts with nine tenths in common agree in a band in 99
  /// of 100 cases, those with half in common in 3.
  static int[] bands(long[] signature) {
    int[] bands = new int[BANDS];
    for (int band = 0; band < BANDS; band++) {
      long hash = mix(band);
      for (int row = 0; row < ROWS; row++) {
        hash = mix(hash ^ signature[band * ROWS + row]);
      }
      bands[band] = (int) hash;
    }
    return bands;
  }

  /// A hash of a whole text.
  public static long hash(String text) {
    return hash(text, 0, text.length());
  }

  private static long hash(String text, int from, int to) {
    long hash = 0;
    for (int i = from; i < to; i++) {
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
