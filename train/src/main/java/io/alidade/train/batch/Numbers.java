package io.alidade.train.batch;

import java.util.Arrays;

/// Whole numbers in a growing column, 4 bytes each.
public final class Numbers {
  private int[] values = new int[1 << 10];
  private int size;

  public void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size + (size >> 1));
    }
    values[size++] = value;
  }

  public int get(int index) {
    return values[index];
  }

  public void set(int index, int value) {
    values[index] = value;
  }

  public int size() {
    return size;
  }

  /// A copy of all.
  public int[] toArray() {
    return Arrays.copyOf(values, size);
  }

  void removeLast() {
    size--;
  }

  void removeAt(int index) {
    System.arraycopy(values, index + 1, values, index, --size - index);
  }

  void moveToEnd(int index) {
    int moved = values[index];
    removeAt(index);
    add(moved);
  }

  void clear() {
    size = 0;
  }
}
