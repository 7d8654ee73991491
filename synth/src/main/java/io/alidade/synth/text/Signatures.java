package io.alidade.synth.text;

import java.util.ArrayList;
import java.util.List;

/// Signatures of texts by number, one byte a hash: unequal hashes agree in it once in 256 cases.
final class Signatures {
  private static final int PER_BLOCK = 1 << 12;

  private final List<byte[]> blocks = new ArrayList<>();
  private int size;

  /// How many there are.
  int size() {
    return size;
  }

  /// Takes one in, under the next number.
  void add(long[] signature) {
    int start = size % PER_BLOCK * MinHash.HASHES;
    if (start == 0) {
      blocks.add(new byte[PER_BLOCK * MinHash.HASHES]);
    }
    byte[] block = blocks.getLast();
    for (int i = 0; i < MinHash.HASHES; i++) {
      block[start + i] = (byte) signature[i];
    }
    size++;
  }

  /// In how many hashes a signature agrees with that of a number.
  int agreeing(int number, long[] signature) {
    byte[] block = blocks.get(number / PER_BLOCK);
    int start = number % PER_BLOCK * MinHash.HASHES;
    int agreeing = 0;
    for (int i = 0; i < MinHash.HASHES; i++) {
      agreeing += block[start + i] == (byte) signature[i] ? 1 : 0;
    }
    return agreeing;
  }
}
