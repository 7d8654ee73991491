package io.alidade.data.dataset;

import java.util.Arrays;
import java.util.stream.LongStream;

/// How long texts are: exact up to a bound that few texts pass, and the longest of those beyond.
public final class LengthCounts {
  private static final int BOUND = 1 << 15;

  private final long[] counts = new long[BOUND + 1];
  private long texts;
  private long sum;
  private int longest;

  void add(int length) {
    counts[Math.min(length, BOUND)]++;
    texts++;
    sum += length;
    longest = Math.max(longest, length);
  }

  /// How many texts were counted.
  public long texts() {
    return texts;
  }

  public double mean() {
    return texts == 0 ? 0 : (double) sum / texts;
  }

  public int longest() {
    return longest;
  }

  /// The length that this share of the texts does not exceed; `0.5` gives the median.
  public int quantile(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * texts));
    long seen = 0;
    for (int length = 0; length < BOUND; length++) {
      seen += counts[length];
      if (seen >= wanted) {
        return length;
      }
    }
    return longest;
  }

  /// Texts of length 0 or 1, 2 or 3, 4 to 7, and so on: element `b` counts lengths from `2^b` up,
  /// until the longest.
  public long[] doublings() {
    int bins = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, Math.min(longest, BOUND)));
    long[] doublings = new long[bins];
    for (int bin = 0; bin < bins; bin++) {
      int from = bin == 0 ? 0 : 1 << bin;
      int to = Math.min(BOUND + 1, 1 << (bin + 1));
      doublings[bin] = LongStream.of(Arrays.copyOfRange(counts, from, to)).sum();
    }
    return doublings;
  }
}
