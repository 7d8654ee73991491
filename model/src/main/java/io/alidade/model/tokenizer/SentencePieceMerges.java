package io.alidade.model.tokenizer;

import io.alidade.model.tokenizer.SentencePieceModel.Piece;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The merges of a SentencePiece BPE vocabulary, which has only scores: every pair of pieces that
/// together are a piece, those with the highest score first.
final class SentencePieceMerges {
  private static final Comparator<Merge> ORDER =
      Comparator.comparingDouble(Merge::score)
          .reversed()
          .thenComparingInt(Merge::id)
          .thenComparingInt(Merge::cut);

  private record Merge(double score, int id, int cut, String piece) {
    String text() {
      return piece.substring(0, cut) + ' ' + piece.substring(cut);
    }
  }

  private SentencePieceMerges() {}

  /// Each as its two parts with a space between them.
  static List<String> of(List<Piece> pieces) {
    Set<String> joinable = new HashSet<>();
    for (Piece piece : pieces) {
      if (joins(piece)) {
        joinable.add(piece.text());
      }
    }
    var merges = new ArrayList<Merge>();
    for (int id = 0; id < pieces.size(); id++) {
      if (joins(pieces.get(id))) {
        addMerges(merges, id, pieces.get(id), joinable);
      }
    }
    merges.sort(ORDER);
    return merges.stream().map(Merge::text).toList();
  }

  private static void addMerges(List<Merge> merges, int id, Piece piece, Set<String> joinable) {
    String text = piece.text();
    int cut = 0;
    while ((cut = text.offsetByCodePoints(cut, 1)) < text.length()) {
      if (joinable.contains(text.substring(0, cut)) && joinable.contains(text.substring(cut))) {
        merges.add(new Merge(piece.score(), id, cut, text));
      }
    }
  }

  /// A merge is written with a space between its parts, so a piece with one cannot take part; such
  /// a piece is user-defined and found in texts before any merge.
  private static boolean joins(Piece piece) {
    return switch (piece.type()) {
      case NORMAL, USER_DEFINED, UNUSED -> !piece.text().isEmpty() && piece.text().indexOf(' ') < 0;
      case UNKNOWN, CONTROL, BYTE -> false;
    };
  }
}
