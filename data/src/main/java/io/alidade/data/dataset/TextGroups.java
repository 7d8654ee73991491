package io.alidade.data.dataset;

import io.alidade.core.Example;
import java.util.Arrays;

/// Groups of examples of which each shares a text with another of its group: the connected
/// components of examples and their texts. Holds some hundred bytes an example.
final class TextGroups {
  private static final int INITIAL = 1 << 10;

  private final boolean withNegatives;
  private final FirstSeen texts = new FirstSeen();
  private int[] parents = new int[INITIAL];
  private long[] leastIds = new long[INITIAL];
  private int size;

  /// @param withNegatives whether a text that is only a negative ties examples together too
  TextGroups(boolean withNegatives) {
    this.withNegatives = withNegatives;
  }

  /// Takes the next example.
  void add(Example example) {
    if (size == parents.length) {
      parents = Arrays.copyOf(parents, 2 * size);
      leastIds = Arrays.copyOf(leastIds, 2 * size);
    }
    parents[size] = size;
    leastIds[size] = Mix.number(example.id());
    tie(example.query());
    tie(example.positive());
    if (withNegatives) {
      example.negatives().forEach(this::tie);
    }
    size++;
  }

  int size() {
    return size;
  }

  /// What an example's whole group has in common and no other group: the least of its ids.
  long leastId(int example) {
    return leastIds[root(example)];
  }

  /// How many examples the largest group has.
  int largest() {
    int[] sizes = new int[size];
    int largest = 0;
    for (int i = 0; i < size; i++) {
      largest = Math.max(largest, ++sizes[root(i)]);
    }
    return largest;
  }

  private void tie(String text) {
    int one = root(texts.of(text.strip(), size));
    int other = root(size);
    if (one != other) {
      parents[other] = one;
      if (Long.compareUnsigned(leastIds[other], leastIds[one]) < 0) {
        leastIds[one] = leastIds[other];
      }
    }
  }

  private int root(int example) {
    int root = example;
    while (parents[root] != root) {
      // Halving the path keeps it short.
      parents[root] = parents[parents[root]];
      root = parents[root];
    }
    return root;
  }
}
