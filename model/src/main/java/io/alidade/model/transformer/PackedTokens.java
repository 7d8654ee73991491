package io.alidade.model.transformer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Token ids of several sequences laid one after the other, without padding. A prefix that some of
/// the sequences share, such as the instruction of a batch, is laid down and computed once: under
/// causal attention its states do not depend on what follows.
public final class PackedTokens {

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
    return new Packer(sequences).pack(SharedPrefixes.of(sequences));
  }

  /// Packs the sequences without sharing prefixes, as training with dropout needs.
  public static PackedTokens withoutSharing(List<int[]> sequences) {
    return new Packer(sequences).pack(SharedPrefixes.none(sequences));
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

  /// Lays the segments down.
  private static final class Packer {
    private final List<int[]> sequences;
    private final List<Segment> segments = new ArrayList<>();
    private final long[] ids;
    private final long[] positions;
    private final int[] lastRows;
    private int rows;

    Packer(List<int[]> sequences) {
      this.sequences = sequences;
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

    PackedTokens pack(List<SharedPrefixes.Group> groups) {
      for (SharedPrefixes.Group group : groups) {
        int prefix = group.length() == 0 ? Segment.NO_PREFIX : layPrefix(group);
        layMembers(group, prefix);
      }
      return new PackedTokens(
          Arrays.copyOf(ids, rows), Arrays.copyOf(positions, rows), segments, lastRows);
    }

    private int layPrefix(SharedPrefixes.Group group) {
      int[] first = sequences.get(group.members().getFirst());
      lay(first, 0, group.length(), Segment.NO_PREFIX, Segment.SHARED);
      return segments.size() - 1;
    }

    /// Members by length, so that attention can take similar ones together.
    private void layMembers(SharedPrefixes.Group group, int prefix) {
      group.members().stream()
          .sorted(
              Comparator.<Integer>comparingInt(member -> sequences.get(member).length)
                  .thenComparing(Comparator.naturalOrder()))
          .forEach(
              member -> {
                int[] sequence = sequences.get(member);
                lay(sequence, group.length(), sequence.length, prefix, member);
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
