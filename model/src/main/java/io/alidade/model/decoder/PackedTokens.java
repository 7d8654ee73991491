package io.alidade.model.decoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Token ids of several sequences laid one after the other, without padding. A prefix that some of
/// the sequences share, such as the instruction of a batch, is laid down and computed once: under
/// causal attention its states do not depend on what follows.
public final class PackedTokens {

  /// A shared prefix of fewer tokens than this is not worth its own bookkeeping.
  private static final int SHORTEST_SHARED_PREFIX = 4;

  /// A run of rows that belong together.
  ///
  /// @param start first row
  /// @param length rows
  /// @param prefix index of the segment that is this one's prefix, or [#NO_PREFIX]
  /// @param sequence index of the sequence that ends here, or [#SHARED] for a shared prefix
  public record Segment(int start, int length, int prefix, int sequence) {
    public static final int NO_PREFIX = -1;
    public static final int SHARED = -1;
  }

  private final long[] ids;
  private final long[] positions;
  private final List<Segment> segments;
  private final int[] lastRows;

  private PackedTokens(long[] ids, long[] positions, List<Segment> segments, int[] lastRows) {
    this.ids = ids;
    this.positions = positions;
    this.segments = List.copyOf(segments);
    this.lastRows = lastRows;
  }

  /// Packs the sequences; none may be empty.
  public static PackedTokens of(List<int[]> sequences) {
    return new Packer(sequences).pack(true);
  }

  /// Packs the sequences without sharing prefixes, as training with dropout needs.
  public static PackedTokens withoutSharing(List<int[]> sequences) {
    return new Packer(sequences).pack(false);
  }

  /// The token of each row, `[rows]`; not to be changed.
  public long[] ids() {
    return ids;
  }

  /// The position of each row in its sequence, `[rows]`; not to be changed.
  public long[] positions() {
    return positions;
  }

  /// What lies where; a shared prefix comes before the sequences that use it.
  public List<Segment> segments() {
    return segments;
  }

  /// The row of each sequence's last token, in the order the sequences were given; not to be
  /// changed.
  public int[] lastRows() {
    return lastRows;
  }

  public int rows() {
    return ids.length;
  }

  public int sequences() {
    return lastRows.length;
  }

  /// The sequences `[from, to)` of the sorted order, which share their first `length` tokens.
  private record Group(int from, int to, int length) {}

  /// Chooses the shared prefixes and lays the segments down.
  private static final class Packer {
    private final List<int[]> sequences;
    private final Integer[] sorted;
    private final List<Segment> segments = new ArrayList<>();
    private final long[] ids;
    private final long[] positions;
    private final int[] lastRows;
    private int rows;

    Packer(List<int[]> sequences) {
      this.sequences = sequences;
      this.sorted = IntStream.range(0, sequences.size()).boxed().toArray(Integer[]::new);
      int total = 0;
      for (int[] sequence : sequences) {
        if (sequence.length == 0) {
          throw new IllegalArgumentException("a sequence without tokens cannot be packed");
        }
        total += sequence.length;
      }
      this.ids = new long[total];
      this.positions = new long[total];
      this.lastRows = new int[sequences.size()];
    }

    PackedTokens pack(boolean shared) {
      Arrays.sort(sorted, (a, b) -> Arrays.compare(sequences.get(a), sequences.get(b)));
      List<Group> groups = new ArrayList<>();
      if (shared) {
        partition(0, sorted.length, groups);
      } else {
        groups.add(new Group(0, sorted.length, 0));
      }
      var alone = new ArrayList<Integer>();
      for (Group group : groups) {
        List<Integer> members = List.of(sorted).subList(group.from(), group.to());
        if (group.length() == 0) {
          alone.addAll(members);
        } else {
          layMembers(members, group.length(), layPrefix(group));
        }
      }
      layMembers(alone, 0, Segment.NO_PREFIX);
      return new PackedTokens(
          Arrays.copyOf(ids, rows), Arrays.copyOf(positions, rows), segments, lastRows);
    }

    /// Splits `[from, to)` of the sorted sequences into groups so that the tokens saved, (members −
    /// 1) · length, are the most: either all share what they have in common, or the range is cut
    ///    where neighbours have least in common and each side is split on its own.
    private int partition(int from, int to, List<Group> result) {
      if (to - from < 2) {
        result.add(new Group(from, to, 0));
        return 0;
      }
      int cut = from + 1;
      for (int i = from + 1; i < to; i++) {
        if (common(i) < common(cut)) {
          cut = i;
        }
      }
      int length = common(cut);
      int together = length < SHORTEST_SHARED_PREFIX ? 0 : (to - from - 1) * length;
      var apart = new ArrayList<Group>();
      int savedApart = partition(from, cut, apart) + partition(cut, to, apart);
      if (together >= savedApart && together > 0) {
        result.add(new Group(from, to, length));
        return together;
      }
      result.addAll(savedApart > 0 ? apart : List.of(new Group(from, to, 0)));
      return savedApart;
    }

    /// Tokens that neighbours in sorted order share, leaving each at least one of its own.
    private int common(int index) {
      int[] a = sequences.get(sorted[index - 1]);
      int[] b = sequences.get(sorted[index]);
      int mismatch = Arrays.mismatch(a, b);
      int shared = mismatch < 0 ? a.length : mismatch;
      return Math.min(shared, Math.min(a.length, b.length) - 1);
    }

    private int layPrefix(Group group) {
      int[] first = sequences.get(sorted[group.from()]);
      lay(first, 0, group.length(), Segment.NO_PREFIX, Segment.SHARED);
      return segments.size() - 1;
    }

    /// Members by length, so that attention can take similar ones together.
    private void layMembers(List<Integer> members, int prefixLength, int prefix) {
      members.stream()
          .sorted(
              Comparator.<Integer>comparingInt(member -> sequences.get(member).length)
                  .thenComparing(Comparator.naturalOrder()))
          .forEach(
              member -> {
                int[] sequence = sequences.get(member);
                lay(sequence, prefixLength, sequence.length, prefix, member);
                lastRows[member] = rows - 1;
              });
    }

    private void lay(int[] sequence, int from, int to, int prefix, int member) {
      segments.add(new Segment(rows, to - from, prefix, member));
      for (int i = from; i < to; i++) {
        ids[rows] = sequence[i];
        positions[rows] = i;
        rows++;
      }
    }
  }
}
