package io.alidade.data.dataset;

import io.alidade.core.Example;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;

/// Some examples of a data set, chosen by their ids alone: first one of every kind in every
/// language, then a second of each, and so on until there are enough.
final class Samples {
  private static final int MOST_A_GROUP = 12;
  private static final long SEED = 42;
  private static final Comparator<Example> ORDER =
      Comparator.comparingLong(Samples::draw).thenComparing(Example::id);

  private final int wanted;
  private final Map<String, PriorityQueue<Example>> groups = new TreeMap<>();

  Samples(int wanted) {
    this.wanted = wanted;
  }

  void add(Example example) {
    PriorityQueue<Example> group =
        groups.computeIfAbsent(
            example.kind().label() + " " + example.language(),
            _ -> new PriorityQueue<>(ORDER.reversed()));
    group.add(example);
    if (group.size() > MOST_A_GROUP) {
      group.remove();
    }
  }

  List<Example> chosen() {
    var sorted = new ArrayList<List<Example>>();
    groups.values().forEach(group -> sorted.add(group.stream().sorted(ORDER).toList()));
    var chosen = new ArrayList<Example>();
    for (int rank = 0; rank < MOST_A_GROUP; rank++) {
      for (List<Example> group : sorted) {
        if (rank < group.size() && chosen.size() < wanted) {
          chosen.add(group.get(rank));
        }
      }
    }
    return chosen;
  }

  private static long draw(Example example) {
    return Mix.of(SEED, Mix.number(example.id()));
  }
}
