package io.alidade.model.transformer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Cuts a batch into parts of like cost that can be computed independently.
///
/// The longest sequence comes first, and each goes to the part that is emptiest with it. A prefix
/// that several sequences share is computed once in each part that has one of them; what would be
/// computed in vain for it counts twice, so that its sequences stay together until that would leave
/// the parts further apart than it is worth.
public final class BalancedParts {

  private record Item(int index, int length, SharedPrefixes.Group group) {
    int own() {
      return length - group.length();
    }
  }

  /// A part while it grows.
  private static final class Part {
    final List<Integer> members = new ArrayList<>();
    int rows;
  }

  private final List<Part> parts = new ArrayList<>();

  /// The parts that compute the prefix of a group.
  private final IdentityHashMap<SharedPrefixes.Group, Set<Part>> computing =
      new IdentityHashMap<>();

  private BalancedParts(int count) {
    for (int i = 0; i < count; i++) {
      parts.add(new Part());
    }
  }

  /// Indices of the sequences of each part; fewer parts than asked for when there are too few
  /// sequences. A function of the sequences alone.
  ///
  /// @param shared whether prefixes will be shared
  public static List<List<Integer>> of(List<int[]> sequences, int count, boolean shared) {
    var balanced = new BalancedParts(count);
    longestFirst(sequences, shared).forEach(balanced::place);
    return balanced.parts.stream()
        .map(part -> List.copyOf(part.members))
        .filter(members -> !members.isEmpty())
        .toList();
  }

  private void place(Item item) {
    Set<Part> known = computing.computeIfAbsent(item.group, _ -> new HashSet<>());
    Part best = parts.getFirst();
    for (Part part : parts) {
      best = cost(part, item, known) < cost(best, item, known) ? part : best;
    }
    best.members.add(item.index);
    best.rows += item.own() + (known.add(best) ? item.group.length() : 0);
  }

  private static int cost(Part part, Item item, Set<Part> known) {
    int prefix = item.group.length();
    int times = known.isEmpty() ? 1 : 2;
    return part.rows + item.own() + (known.contains(part) ? 0 : times * prefix);
  }

  private static List<Item> longestFirst(List<int[]> sequences, boolean shared) {
    List<SharedPrefixes.Group> groups =
        shared ? SharedPrefixes.of(sequences) : SharedPrefixes.none(sequences);
    var items = new ArrayList<Item>();
    for (SharedPrefixes.Group group : groups) {
      for (int member : group.members()) {
        items.add(new Item(member, sequences.get(member).length, group));
      }
    }
    items.sort(Comparator.comparingInt(Item::length).reversed().thenComparingInt(Item::index));
    return items;
  }
}
