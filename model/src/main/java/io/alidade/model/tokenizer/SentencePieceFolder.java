package io.alidade.model.tokenizer;

import io.alidade.core.DataException;
import io.alidade.model.tokenizer.SentencePieceModel.Piece;
import io.alidade.model.tokenizer.SentencePieceModel.PieceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the `tokenizer.model` of a Hugging Face folder as transformers does: with the tokens that
/// the files beside it add, and its switches for the space before a text.
final class SentencePieceFolder {
  static final String FILE = "tokenizer.model";

  private SentencePieceFolder() {}

  static SentencePieceModel read(Path file, TokenizerConfig config) {
    SentencePieceModel model = SentencePieceFile.read(file);
    List<Piece> pieces = new ArrayList<>(model.pieces());
    for (Map.Entry<Integer, TokenizerConfig.Added> entry : config.addedTokens().entrySet()) {
      add(file, pieces, entry.getKey(), entry.getValue());
    }
    return new SentencePieceModel(
        model.algorithm(),
        pieces,
        model.byteFallback(),
        config.flag("add_prefix_space").orElse(model.spacePrefix()),
        model.collapsesSpaces(),
        model.characterMap(),
        model.bos(),
        model.eos());
  }

  private static void add(Path file, List<Piece> pieces, int id, TokenizerConfig.Added token) {
    PieceType type = token.special() ? PieceType.CONTROL : PieceType.USER_DEFINED;
    requireNew(file, pieces, id, token.content());
    if (id == pieces.size()) {
      pieces.add(new Piece(token.content(), 0, type));
    } else if (id < 0 || id > pieces.size()) {
      throw new DataException(
          file,
          "has ids up to %d, but the files beside it add \"%s\" as %d"
              .formatted(pieces.size() - 1, token.content(), id));
    } else if (pieces.get(id).type() != PieceType.UNKNOWN) {
      pieces.set(id, new Piece(token.content(), pieces.get(id).score(), type));
    }
  }

  private static void requireNew(Path file, List<Piece> pieces, int id, String text) {
    for (int other = 0; other < pieces.size(); other++) {
      if (other != id && pieces.get(other).text().equals(text)) {
        throw new DataException(
            file,
            "has the piece \"%s\" as %d, but the files beside it add it as %d; a piece has one id"
                .formatted(text, other, id));
      }
    }
  }

  static TokenizerJson json(SentencePieceModel model, TokenizerConfig config) {
    boolean legacy = config.flag("legacy").orElse(true);
    return TokenizerJson.of(
        SentencePieceJson.of(
            model,
            legacy ? SentencePieceJson.Prefix.EACH_STRETCH : SentencePieceJson.Prefix.FIRST_WORD));
  }
}
