package io.alidade.train.batch;

import java.util.Arrays;

/// Whole numbers in a growing column, 8 bytes each.
public final class LongNumbers {
  private long[] values = new long[1 << 10];
  private int size;

  public void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size++] = value;
  }

  public long get(int index) {
    return values[index];
  }

  public int size() {
    return size;
  }

  /// A copy of all.
  public long[] toArray() {
    return Arrays.copyOf(values, size);
  }

  void removeLast() {
    size--;
  }
}
