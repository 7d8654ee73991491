package io.alidade.data.dataset;

import io.alidade.core.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Which number was first given to a text, of which only a hash is kept: some 25 bytes a text.
final class FirstSeen {
  private static final int INITIAL = 1 << 10;
  private static final int FREE = -1;

  private long[] keys = new long[INITIAL];
  private int[] numbers = filled(INITIAL);
  private int size;

  /// The number that the text was first given, which is this one for a new text.
  int of(String text, int number) {
    if (2 * size >= keys.length) {
      grow();
    }
    long key = hash(text);
    int slot = slot(key);
    if (numbers[slot] == FREE) {
      keys[slot] = key;
      numbers[slot] = number;
      size++;
    }
    return numbers[slot];
  }

  /// How many texts it has seen.
  int size() {
    return size;
  }

  private static long hash(String text) {
    return ByteBuffer.wrap(Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8))).getLong();
  }

  private int slot(long key) {
    int mask = keys.length - 1;
    int slot = (int) key & mask;
    while (numbers[slot] != FREE && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldNumbers = numbers;
    keys = new long[2 * oldKeys.length];
    numbers = filled(keys.length);
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldNumbers[i] != FREE) {
        int slot = slot(oldKeys[i]);
        keys[slot] = oldKeys[i];
        numbers[slot] = oldNumbers[i];
      }
    }
  }

  private static int[] filled(int length) {
    int[] numbers = new int[length];
    Arrays.fill(numbers, FREE);
    return numbers;
  }
}
