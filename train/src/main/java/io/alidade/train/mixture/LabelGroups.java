package io.alidade.train.mixture;

import io.alidade.train.batch.ExampleTable;
import io.alidade.train.batch.HashOrder;
import io.alidade.train.batch.Numbers;
import io.alidade.train.batch.OrderKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The labels of a source and the examples of each: who is whose positive and negative. Choices are
/// functions of seed and id, whatever the order of the file.
final class LabelGroups {
  private static final int PLACES = -2;
  private static final int CHOICES = -3;

  private final ExampleTable table;
  private final long seed;
  private final Map<String, Integer> found = new LinkedHashMap<>();

  /// The first example of the source; the others follow it in the table.
  private final int first;

  /// The label of each, in the order of their names once all are there.
  private final Numbers labels = new Numbers();

  /// The place of each among those of its label.
  private int[] places = {};

  private List<String> names = List.of();
  private final List<Numbers> members = new ArrayList<>();

  LabelGroups(ExampleTable table, long seed) {
    this.table = table;
    this.seed = seed;
    this.first = table.size();
  }

  /// Adds the example that the table takes next.
  void add(String label) {
    labels.add(found.computeIfAbsent(label, _ -> found.size()));
  }

  /// How many labels there are.
  int count() {
    return found.size();
  }

  /// To be called when all examples are there.
  void finish() {
    names = found.keySet().stream().sorted().toList();
    int[] numbers = new int[names.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[found.getOrDefault(names.get(i), i)] = i;
      members.add(new Numbers());
    }
    long[] hashes = new long[labels.size()];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = OrderKey.of(seed, PLACES, table.id(first + i)).hash();
    }
    places = new int[hashes.length];
    for (int i : HashOrder.of(hashes, (a, b) -> id(first + a).compareTo(id(first + b)))) {
      labels.set(i, numbers[labels.get(i)]);
      Numbers alike = members.get(labels.get(i));
      places[i] = alike.size();
      alike.add(first + i);
    }
  }

  /// Whether no other example has its label.
  boolean lonely(int example) {
    return members.get(labels.get(example - first)).size() == 1;
  }

  /// Another example of the same label.
  int positive(int example) {
    Numbers alike = members.get(labels.get(example - first));
    int step = 1 + choice("positive", example, alike.size() - 1);
    return alike.get((places[example - first] + step) % alike.size());
  }

  /// Examples of other labels, of different ones as far as there are enough.
  List<Integer> negatives(int example, int count) {
    var negatives = new ArrayList<Integer>();
    for (int label : otherLabels(example, count)) {
      Numbers candidates = members.get(label);
      negatives.add(
          candidates.get(choice("negative " + negatives.size(), example, candidates.size())));
    }
    return negatives;
  }

  /// The names of other labels, as many as there are at most.
  List<String> others(int example, int count) {
    return otherLabels(example, Math.min(count, count() - 1)).stream().map(names::get).toList();
  }

  /// In turn from a place of the example's own.
  private List<Integer> otherLabels(int example, int count) {
    int own = labels.get(example - first);
    int others = count() - 1;
    int start = choice("label", example, others);
    var labels = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      labels.add((own + 1 + (start + i) % others) % count());
    }
    return labels;
  }

  private int choice(String what, int example, int count) {
    return (int) (OrderKey.of(seed, CHOICES, what + " " + id(example)).share() * count);
  }

  private String id(int example) {
    return table.id(example);
  }
}
