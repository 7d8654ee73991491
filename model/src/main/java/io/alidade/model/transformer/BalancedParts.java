package io.alidade.model.transformer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Cuts a batch into parts of like cost that can be computed independently, keeping sequences with
/// a shared prefix together where that does not unbalance the parts.
public final class BalancedParts {
  /// A group is cut when it is larger than this share of what a part should cost.
  private static final double LARGEST_SHARE = 0.5;

  /// Members that stay together, and the rows they cost.
  private record Unit(List<Integer> members, int rows) {}

  private BalancedParts() {}

  /// Indices of the sequences of each part; fewer parts than asked for when there are too few
  /// sequences. A function of the sequences alone.
  ///
  /// @param shared whether prefixes will be shared
  public static List<List<Integer>> of(List<int[]> sequences, int parts, boolean shared) {
    List<SharedPrefixes.Group> groups =
        shared ? SharedPrefixes.of(sequences) : SharedPrefixes.none(sequences);
    int rows = groups.stream().mapToInt(group -> rows(group.members(), group, sequences)).sum();
    var units = new ArrayList<Unit>();
    for (SharedPrefixes.Group group : groups) {
      units.addAll(units(group, sequences, (int) (LARGEST_SHARE * rows / parts)));
    }
    units.sort(
        Comparator.comparingInt(Unit::rows)
            .reversed()
            .thenComparing(unit -> unit.members().getFirst()));
    return assign(units, parts);
  }

  /// The largest unit first, each to the part that is emptiest.
  private static List<List<Integer>> assign(List<Unit> units, int parts) {
    var members = new ArrayList<List<Integer>>();
    int[] rows = new int[parts];
    for (int i = 0; i < parts; i++) {
      members.add(new ArrayList<>());
    }
    for (Unit unit : units) {
      int emptiest = 0;
      for (int i = 1; i < parts; i++) {
        emptiest = rows[i] < rows[emptiest] ? i : emptiest;
      }
      members.get(emptiest).addAll(unit.members());
      rows[emptiest] += unit.rows();
    }
    return members.stream().filter(part -> !part.isEmpty()).map(List::copyOf).toList();
  }

  private static List<Unit> units(SharedPrefixes.Group group, List<int[]> sequences, int largest) {
    var units = new ArrayList<Unit>();
    var open = new ArrayList<Integer>();
    for (int member : group.members()) {
      open.add(member);
      if (group.length() == 0 || rows(open, group, sequences) >= largest) {
        units.add(new Unit(List.copyOf(open), rows(open, group, sequences)));
        open.clear();
      }
    }
    if (!open.isEmpty()) {
      units.add(new Unit(List.copyOf(open), rows(open, group, sequences)));
    }
    return units;
  }

  private static int rows(
      List<Integer> members, SharedPrefixes.Group group, List<int[]> sequences) {
    int own = members.stream().mapToInt(i -> sequences.get(i).length - group.length()).sum();
    return own + group.length();
  }
}
