package io.alidade.model.tokenizer;

import io.alidade.core.DataException;
import io.alidade.model.tokenizer.SentencePieceModel.Algorithm;
import io.alidade.model.tokenizer.SentencePieceModel.Piece;
import io.alidade.model.tokenizer.SentencePieceModel.PieceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalInt;

/// Reads a SentencePiece `tokenizer.model`: the message `ModelProto` of SentencePiece's
/// `sentencepiece_model.proto`, with that file's numbers and defaults.
final class SentencePieceFile {
  private static final int BPE = 2;
  private static final int UNIGRAM = 1;

  private final Path file;
  private final List<Piece> pieces = new ArrayList<>();
  private int algorithm = UNIGRAM;
  private boolean byteFallback;
  private int bos = 1;
  private int eos = 2;
  private boolean spacePrefix = true;
  private boolean collapsesSpaces = true;
  private byte[] characterMap = {};

  private SentencePieceFile(Path file) {
    this.file = file;
  }

  static SentencePieceModel read(Path file) {
    try {
      return parse(file, Files.readAllBytes(file));
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    }
  }

  /// @param file for messages
  static SentencePieceModel parse(Path file, byte[] content) {
    return new SentencePieceFile(file).model(new ProtobufReader(file, content));
  }

  private SentencePieceModel model(ProtobufReader message) {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> pieces.add(piece(message.message()));
        case 2 -> readTrainer(message.message());
        case 3 -> readNormalizer(message.message());
        default -> message.skip();
      }
    }
    if (pieces.isEmpty()) {
      throw message.corrupt("no piece");
    }
    requireUnique();
    return new SentencePieceModel(
        algorithm(),
        pieces,
        byteFallback,
        spacePrefix,
        collapsesSpaces,
        Base64.getEncoder().encodeToString(characterMap),
        id(bos),
        id(eos));
  }

  /// As SentencePiece demands: a text of two ids would be known under one of them only.
  private void requireUnique() {
    var ids = new HashMap<String, Integer>();
    for (int id = 0; id < pieces.size(); id++) {
      Integer first = ids.putIfAbsent(pieces.get(id).text(), id);
      if (first != null) {
        throw new DataException(
            file,
            "has the piece \"%s\" twice, as %d and %d; a piece has one id"
                .formatted(pieces.get(id).text(), first, id));
      }
    }
  }

  private Algorithm algorithm() {
    return switch (algorithm) {
      case UNIGRAM -> Algorithm.UNIGRAM;
      case BPE -> Algorithm.BPE;
      default ->
          throw new DataException(
              file,
              "has SentencePiece's model type %d; %d (Unigram) and %d (BPE) can be read"
                  .formatted(algorithm, UNIGRAM, BPE));
    };
  }

  private OptionalInt id(int id) {
    return id >= 0 && id < pieces.size() ? OptionalInt.of(id) : OptionalInt.empty();
  }

  private static Piece piece(ProtobufReader message) {
    String text = "";
    float score = 0;
    int type = 1;
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 1 -> text = message.text();
        case 2 -> score = message.real();
        case 3 -> type = message.integer();
        default -> message.skip();
      }
    }
    var known = PieceType.numbered(type);
    if (known.isEmpty() || !Float.isFinite(score)) {
      throw message.corrupt("a piece of type %d with the score %s".formatted(type, score));
    }
    return new Piece(text, score, known.get());
  }

  private void readTrainer(ProtobufReader message) {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 3 -> algorithm = message.integer();
        case 24 -> requireDefault("treat_whitespace_as_suffix", message.flag(), false);
        case 35 -> byteFallback = message.flag();
        case 41 -> bos = message.integer();
        case 42 -> eos = message.integer();
        default -> message.skip();
      }
    }
  }

  private void readNormalizer(ProtobufReader message) {
    for (int field = message.next(); field != 0; field = message.next()) {
      switch (field) {
        case 2 -> characterMap = message.content();
        case 3 -> spacePrefix = message.flag();
        case 4 -> collapsesSpaces = message.flag();
        case 5 -> requireDefault("escape_whitespaces", message.flag(), true);
        default -> message.skip();
      }
    }
  }

  private void requireDefault(String setting, boolean value, boolean wanted) {
    if (value != wanted) {
      throw new DataException(
          file, "has %s %s; only %s can be read".formatted(setting, value, wanted));
    }
  }
}
