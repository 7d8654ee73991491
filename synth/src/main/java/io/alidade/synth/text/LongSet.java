package io.alidade.synth.text;

import java.util.Arrays;

/// A set of hashes in 16 to 32 bytes each, so that half a million examples fit into little memory.
/// Belongs to one thread.
public final class LongSet {
  private static final int INITIAL = 1 << 10;
  private static final long FREE = 0;

  private long[] slots = new long[INITIAL];
  private int size;
  private boolean zero;

  /// Adds a hash.
  ///
  /// @return whether it is new
  public boolean add(long hash) {
    if (hash == FREE) {
      boolean added = !zero;
      zero = true;
      return added;
    }
    if (2 * size >= slots.length) {
      grow();
    }
    if (!put(hash)) {
      return false;
    }
    size++;
    return true;
  }

  public boolean contains(long hash) {
    return hash == FREE ? zero : slots[slot(hash)] == hash;
  }

  private boolean put(long value) {
    int slot = slot(value);
    boolean free = slots[slot] == FREE;
    slots[slot] = value;
    return free;
  }

  private int slot(long value) {
    int mask = slots.length - 1;
    int slot = (int) (value ^ (value >>> 32)) & mask;
    while (slots[slot] != FREE && slots[slot] != value) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] old = slots;
    slots = new long[old.length * 2];
    Arrays.stream(old).filter(value -> value != FREE).forEach(this::put);
  }
}
