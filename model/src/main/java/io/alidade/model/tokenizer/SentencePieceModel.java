package io.alidade.model.tokenizer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// A SentencePiece vocabulary and how it treats a text before cutting it up.
///
/// @param pieces by id
/// @param byteFallback whether characters without a piece become the pieces of their UTF-8 bytes
/// @param spacePrefix whether a space is put before every text
/// @param collapsesSpaces whether spaces around a text go and those within it become one
/// @param characterMap SentencePiece's compiled table that characters are replaced by, in base 64;
///   empty for none
/// @see <a href="https://arxiv.org/abs/1808.06226">Kudo and Richardson, SentencePiece, 2018</a>
record SentencePieceModel(
    Algorithm algorithm,
    List<Piece> pieces,
    boolean byteFallback,
    boolean spacePrefix,
    boolean collapsesSpaces,
    String characterMap,
    OptionalInt bos,
    OptionalInt eos) {

  /// What stands for a space within pieces.
  static final String SPACE = "▁";

  SentencePieceModel {
    pieces = List.copyOf(pieces);
  }

  /// How a text becomes pieces.
  enum Algorithm {
    /// Neighbours are joined, the pair whose piece has the highest score first.
    BPE,
    /// The pieces with the largest sum of scores.
    UNIGRAM
  }

  /// What a piece is for.
  enum PieceType {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    /// The type that SentencePiece and GGUF know by this number.
    static Optional<PieceType> numbered(long number) {
      return number >= 1 && number <= values().length
          ? Optional.of(values()[(int) number - 1])
          : Optional.empty();
    }
  }

  /// One entry of the vocabulary.
  record Piece(String text, double score, PieceType type) {
    /// Whether a text must be searched for it before anything else happens to the text.
    boolean added() {
      return special() || type == PieceType.USER_DEFINED;
    }

    /// Whether it is no text.
    boolean special() {
      return type == PieceType.CONTROL || type == PieceType.UNKNOWN;
    }
  }

  /// Whether a space occurs only where a piece begins, so that words can be cut up apart.
  boolean splitsAtSpaces() {
    return pieces.stream().anyMatch(piece -> piece.text().equals(SPACE))
        && pieces.stream()
            .filter(piece -> !piece.special() && piece.type() != PieceType.BYTE)
            .noneMatch(piece -> piece.text().indexOf(SPACE, 1) > 0);
  }
}
