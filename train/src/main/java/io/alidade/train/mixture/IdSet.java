package io.alidade.train.mixture;

import io.alidade.train.batch.ExampleTable;
import java.util.Arrays;

/// Which examples of a table have been met, by their ids: 4 bytes a slot, of which at most half are
/// taken.
final class IdSet {
  private static final int FREE = -1;

  private final ExampleTable table;
  private int[] slots = free(1 << 10);
  private int size;

  IdSet(ExampleTable table) {
    this.table = table;
  }

  /// Whether no example of that id was met before; it is then one that was.
  boolean add(int example) {
    if (2 * size >= slots.length) {
      grow();
    }
    int slot = slot(example);
    if (slots[slot] != FREE) {
      return false;
    }
    slots[slot] = example;
    size++;
    return true;
  }

  private int slot(int example) {
    int slot = (int) table.idBits(example) & (slots.length - 1);
    while (slots[slot] != FREE && !table.same(slots[slot], example)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private void grow() {
    int[] before = slots;
    slots = free(2 * before.length);
    for (int example : before) {
      if (example != FREE) {
        slots[slot(example)] = example;
      }
    }
  }

  private static int[] free(int count) {
    int[] slots = new int[count];
    Arrays.fill(slots, FREE);
    return slots;
  }
}
