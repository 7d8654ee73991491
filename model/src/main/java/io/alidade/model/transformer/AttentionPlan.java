package io.alidade.model.transformer;

import io.alidade.model.transformer.PackedTokens.Segment;
import io.alidade.tensor.Attention.Mask;
import io.alidade.tensor.DType;
import io.alidade.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// How the rows of packed sequences meet in attention: blocks of sequences of like length with the
/// same shared prefix, so that one kernel call serves a block. Shorter sequences of a block are
/// padded with copies of their own last row; under the causal mask no real query sees those.
public final class AttentionPlan {
  /// Padding a block may have, as a share of its real rows.
  private static final double PADDING_ALLOWED = 0.25;

  /// And how many products of query and key that padding may cost: about what another call of the
  /// kernel does, so that long sequences, which gain nothing by company, stay alone.
  private static final int PRODUCTS_ALLOWED = 1536;

  /// Sequences that are attended together.
  ///
  /// @param start first row
  /// @param rows real rows
  /// @param sequences sequences in the block
  /// @param tokens rows of each sequence, with padding
  /// @param prefix the shared prefix, a segment without sequence, or nothing
  /// @param padding how to pad, if lengths differ
  /// @param members the segments
  record Block(
      int start,
      int rows,
      int sequences,
      int tokens,
      Optional<Segment> prefix,
      Optional<Padding> padding,
      List<Segment> members) {

    int prefixLength() {
      return prefix.map(Segment::length).orElse(0);
    }

    /// The causal mask: with a shared prefix in front of the keys, every query sees all of it, as
    /// far as the window reaches.
    ///
    /// @param window tokens that a query sees, itself included; 0 for all
    Mask causal(DType dtype, int window) {
      boolean narrow = window > 0 && window < prefixLength() + tokens;
      return prefix.isEmpty() && !narrow
          ? new Mask.Causal()
          : new Mask.Additive(causalScores(dtype, narrow ? window : prefixLength() + tokens));
    }

    private Tensor causalScores(DType dtype, int window) {
      int keys = prefixLength() + tokens;
      double[] scores = new double[tokens * keys];
      for (int query = 0; query < tokens; query++) {
        hideAllBut(prefixLength() + query, window, scores, query * keys, keys);
      }
      return Tensor.of(scores, tokens, keys).to(dtype);
    }

    /// The mask of a model whose tokens see those behind them too: all of their own sequence, as
    /// far as the window reaches to both sides. There is no shared prefix then.
    Mask bidirectional(DType dtype, int window) {
      boolean narrow = window > 0 && window < tokens;
      if (padding.isEmpty() && !narrow) {
        return new Mask.None();
      }
      int reach = narrow ? window : tokens;
      double[] scores = new double[sequences * tokens * tokens];
      Arrays.fill(scores, Double.NEGATIVE_INFINITY);
      for (int i = 0; i < sequences; i++) {
        int length = members.get(i).length();
        for (int query = 0; query < tokens; query++) {
          // A padding row sees what the last real one does; nothing reads its result.
          int position = Math.min(query, length - 1);
          int row = (i * tokens + query) * tokens;
          int first = Math.max(0, position - reach + 1);
          int end = Math.min(length, position + reach);
          Arrays.fill(scores, row + first, row + end, 0);
        }
      }
      return new Mask.Additive(Tensor.of(scores, sequences, 1, tokens, tokens).to(dtype));
    }

    /// The mask of queries at the last tokens only: they see their sequence but no padding, as far
    /// as the window reaches.
    Mask lastTokens(DType dtype, int window) {
      int keys = prefixLength() + tokens;
      boolean narrow = window > 0 && window < keys;
      if (padding.isEmpty() && !narrow) {
        return new Mask.None();
      }
      double[] scores = new double[sequences * keys];
      for (int i = 0; i < sequences; i++) {
        int position = prefixLength() + members.get(i).length() - 1;
        hideAllBut(position, narrow ? window : keys, scores, i * keys, keys);
      }
      return new Mask.Additive(Tensor.of(scores, sequences, 1, 1, keys).to(dtype));
    }

    /// Of the `keys` scores from `start` on, leaves those that the query at a position sees.
    private static void hideAllBut(int position, int window, double[] scores, int start, int keys) {
      int first = Math.max(0, position - window + 1);
      Arrays.fill(scores, start, start + first, Double.NEGATIVE_INFINITY);
      Arrays.fill(scores, start + position + 1, start + keys, Double.NEGATIVE_INFINITY);
    }
  }

  /// Index vectors between a block's real rows and its padded rows.
  ///
  /// @param paddedFromReal for each padded row its real row, counted from the block's start
  /// @param realFromPadded for each real row its padded row
  record Padding(Tensor paddedFromReal, Tensor realFromPadded) {}

  private final List<Block> blocks = new ArrayList<>();
  private final Tensor rowsOfLast;

  AttentionPlan(PackedTokens packed) {
    List<Segment> open = new ArrayList<>();
    for (Segment segment : packed.segments()) {
      if (!open.isEmpty() && !fits(open, segment, packed)) {
        blocks.add(block(open, packed));
        open.clear();
      }
      open.add(segment);
    }
    blocks.add(block(open, packed));
    long[] last = Arrays.stream(packed.lastRows()).asLongStream().toArray();
    this.rowsOfLast = Tensor.of(last);
  }

  List<Block> blocks() {
    return blocks;
  }

  /// The row of each sequence's last token, in the sequences' order, `[sequences]`.
  public Tensor rowsOfLast() {
    return rowsOfLast;
  }

  private static boolean fits(List<Segment> open, Segment next, PackedTokens packed) {
    Segment first = open.getFirst();
    if (first.prefix() != next.prefix()
        || isShared(first)
        || isShared(next)
        || next.length() < open.getLast().length()) {
      return false;
    }
    int rows = open.stream().mapToInt(Segment::length).sum() + next.length();
    // Segments come by length, so that the newest is the longest.
    int padded = (open.size() + 1) * next.length();
    int padding = padded - rows;
    int prefix =
        first.prefix() == Segment.NO_PREFIX ? 0 : packed.segments().get(first.prefix()).length();
    int keys = prefix + next.length();
    return padding <= PADDING_ALLOWED * rows && padding * keys <= PRODUCTS_ALLOWED;
  }

  private static boolean isShared(Segment segment) {
    return segment.sequence() == Segment.SHARED;
  }

  private static Block block(List<Segment> open, PackedTokens packed) {
    List<Segment> members = List.copyOf(open);
    int rows = members.stream().mapToInt(Segment::length).sum();
    int tokens = members.getLast().length();
    int prefix = members.getFirst().prefix();
    return new Block(
        members.getFirst().start(),
        rows,
        members.size(),
        tokens,
        prefix == Segment.NO_PREFIX ? Optional.empty() : Optional.of(packed.segments().get(prefix)),
        rows == tokens * members.size() ? Optional.empty() : Optional.of(padding(members, tokens)),
        members);
  }

  private static Padding padding(List<Segment> members, int tokens) {
    int start = members.getFirst().start();
    long[] paddedFromReal = new long[members.size() * tokens];
    long[] realFromPadded = new long[members.stream().mapToInt(Segment::length).sum()];
    for (int i = 0; i < members.size(); i++) {
      Segment member = members.get(i);
      for (int j = 0; j < tokens; j++) {
        int row = member.start() - start + Math.min(j, member.length() - 1);
        paddedFromReal[i * tokens + j] = row;
        if (j < member.length()) {
          realFromPadded[row] = (long) i * tokens + j;
        }
      }
    }
    return new Padding(Tensor.of(paddedFromReal), Tensor.of(realFromPadded));
  }
}
