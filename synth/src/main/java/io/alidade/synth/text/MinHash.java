package io.alidade.synth.text;

import java.util.Arrays;

/// Signatures of texts of which those of near duplicates share a band. Texts are sets of runs of
/// five characters; those with nine tenths in common share a band in 99 of 100 cases, those with
/// half in common in 3.
///
/// @see <a href="https://doi.org/10.1109/SEQUEN.1997.666900">Broder, On the resemblance and
///   containment of documents, 1997</a>
public final class MinHash {
  static final int BANDS = 8;
  private static final int ROWS = 8;
  private static final int SHINGLE = 5;

  private MinHash() {}

  /// A hash for each band.
  static long[] bands(String text) {
    long[] least = new long[BANDS * ROWS];
    Arrays.fill(least, Long.MAX_VALUE);
    String folded = Words.folded(text);
    int last = Math.max(0, folded.length() - SHINGLE);
    for (int start = 0; start <= last; start++) {
      long shingle = hash(folded, start, Math.min(folded.length(), start + SHINGLE));
      for (int i = 0; i < least.length; i++) {
        least[i] = Math.min(least[i], mix(shingle ^ mix(i)));
      }
    }
    long[] bands = new long[BANDS];
    for (int band = 0; band < BANDS; band++) {
      long hash = mix(band);
      for (int row = 0; row < ROWS; row++) {
        hash = mix(hash ^ least[band * ROWS + row]);
      }
      bands[band] = hash;
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
