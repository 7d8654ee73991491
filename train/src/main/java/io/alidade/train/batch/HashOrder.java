package io.alidade.train.batch;

/// Sorts many things by 64-bit hashes without an object for each.
public final class HashOrder {
  private static final int BITS = 16;
  private static final int BUCKETS = 1 << BITS;

  private HashOrder() {}

  /// Orders two things whose hashes agree, by their indices.
  @FunctionalInterface
  public interface Ties {
    int compare(int one, int other);
  }

  /// The indices in the hashes' order, as unsigned numbers.
  public static int[] of(long[] hashes, Ties ties) {
    int[] order = new int[hashes.length];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    int[] other = new int[order.length];
    for (int shift = 0; shift < Long.SIZE; shift += BITS) {
      pass(hashes, shift, order, other);
      int[] sorted = other;
      other = order;
      order = sorted;
    }
    settle(hashes, order, ties);
    return order;
  }

  /// A pass of radix sort, which keeps the order of equal digits.
  private static void pass(long[] hashes, int shift, int[] from, int[] to) {
    int[] ends = new int[BUCKETS + 1];
    for (long hash : hashes) {
      ends[digit(hash, shift) + 1]++;
    }
    for (int i = 0; i < BUCKETS; i++) {
      ends[i + 1] += ends[i];
    }
    for (int index : from) {
      to[ends[digit(hashes[index], shift)]++] = index;
    }
  }

  private static int digit(long hash, int shift) {
    return (int) (hash >>> shift) & (BUCKETS - 1);
  }

  private static void settle(long[] hashes, int[] order, Ties ties) {
    for (int i = 1; i < order.length; i++) {
      int moved = order[i];
      int place = i;
      while (place > 0
          && hashes[order[place - 1]] == hashes[moved]
          && ties.compare(order[place - 1], moved) > 0) {
        order[place] = order[place - 1];
        place--;
      }
      order[place] = moved;
    }
  }
}
