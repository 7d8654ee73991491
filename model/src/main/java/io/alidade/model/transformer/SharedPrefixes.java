package io.alidade.model.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Finds which sequences share a prefix worth computing once.
///
/// Prefixes are found on token ids and not on strings, so that a token that would span the end of
/// the common string is never cut (`docs/decisions/0004-shared-prefix-by-tokens.md`).
final class SharedPrefixes {
  /// A shared prefix of fewer tokens than this is not worth its own bookkeeping.
  private static final int SHORTEST = 4;

  /// Sequences, by their index, that share their first `length` tokens.
  record Group(List<Integer> members, int length) {
    Group {
      members = List.copyOf(members);
    }
  }

  /// The sequences `[from, to)` of the sorted order.
  private record Range(int from, int to, int length) {}

  private final List<int[]> sequences;
  private final Integer[] sorted;

  private SharedPrefixes(List<int[]> sequences) {
    this.sequences = sequences;
    this.sorted = IntStream.range(0, sequences.size()).boxed().toArray(Integer[]::new);
    Arrays.sort(sorted, (a, b) -> Arrays.compare(sequences.get(a), sequences.get(b)));
  }

  /// Groups that save the most tokens; the last one holds all sequences that share nothing, if
  /// there are any.
  static List<Group> of(List<int[]> sequences) {
    return new SharedPrefixes(sequences).groups();
  }

  /// One group that shares nothing.
  static List<Group> none(List<int[]> sequences) {
    return List.of(new Group(IntStream.range(0, sequences.size()).boxed().toList(), 0));
  }

  private List<Group> groups() {
    var ranges = new ArrayList<Range>();
    partition(0, sorted.length, ranges);
    var groups = new ArrayList<Group>();
    var alone = new ArrayList<Integer>();
    for (Range range : ranges) {
      List<Integer> members = List.of(sorted).subList(range.from(), range.to());
      if (range.length() == 0) {
        alone.addAll(members);
      } else {
        groups.add(new Group(members, range.length()));
      }
    }
    if (!alone.isEmpty()) {
      groups.add(new Group(alone, 0));
    }
    return groups;
  }

  /// Splits `[from, to)` of the sorted sequences into ranges so that the tokens saved, (members −
  /// 1) · length, are the most: either all share what they have in common, or the range is cut
  ///    where neighbours have least in common and each side is split on its own.
  ///
  /// @return the tokens saved
  private int partition(int from, int to, List<Range> result) {
    if (to - from < 2) {
      result.add(new Range(from, to, 0));
      return 0;
    }
    int cut = cut(from, to);
    int length = common(cut);
    int together = length < SHORTEST ? 0 : (to - from - 1) * length;
    var apart = new ArrayList<Range>();
    int savedApart = partition(from, cut, apart) + partition(cut, to, apart);
    if (together >= savedApart && together > 0) {
      result.add(new Range(from, to, length));
      return together;
    }
    result.addAll(savedApart > 0 ? apart : List.of(new Range(from, to, 0)));
    return savedApart;
  }

  /// Where neighbours have least in common; of several such places the one nearest to the middle,
  /// so that thousands of sequences with one instruction, or with nothing in common, are halved and
  /// not taken off one by one, which no stack is deep enough for.
  private int cut(int from, int to) {
    int middle = (from + to) / 2;
    int cut = from + 1;
    int least = common(cut);
    for (int i = from + 2; i < to; i++) {
      int length = common(i);
      boolean nearer = Math.abs(i - middle) < Math.abs(cut - middle);
      if (length < least || (length == least && nearer)) {
        cut = i;
        least = length;
      }
    }
    return cut;
  }

  /// Tokens that neighbours in sorted order share, leaving each at least one of its own.
  private int common(int index) {
    int[] a = sequences.get(sorted[index - 1]);
    int[] b = sequences.get(sorted[index]);
    int mismatch = Arrays.mismatch(a, b);
    int shared = mismatch < 0 ? a.length : mismatch;
    return Math.min(shared, Math.min(a.length, b.length) - 1);
  }
}
