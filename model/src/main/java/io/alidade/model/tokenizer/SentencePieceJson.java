package io.alidade.model.tokenizer;

import static io.alidade.model.tokenizer.SentencePieceModel.SPACE;
import static io.alidade.model.tokenizer.TokenizerParts.NODES;
import static io.alidade.model.tokenizer.TokenizerParts.replace;
import static io.alidade.model.tokenizer.TokenizerParts.sequence;
import static io.alidade.model.tokenizer.TokenizerParts.typed;

import io.alidade.core.AlidadeException;
import io.alidade.model.tokenizer.SentencePieceModel.Algorithm;
import io.alidade.model.tokenizer.SentencePieceModel.Piece;
import io.alidade.model.tokenizer.SentencePieceModel.PieceType;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a SentencePiece vocabulary as the `tokenizer.json` that gives the same ids.
///
/// What a text is searched for first are the special and the user-defined pieces, as transformers
/// does; SentencePiece itself would take `</s>` within a text for five characters.
final class SentencePieceJson {
  /// Below every sum of scores that a piece could come from, so that it is chosen only if nothing
  /// else fits: pieces for bytes and unused ones are no text.
  private static final double NEVER = -1e6;

  /// Where the space before a text goes.
  enum Prefix {
    /// Before every stretch of text between special tokens.
    EACH_STRETCH,
    /// Before the text, unless it begins with a space or a special token; transformers calls
    /// everything else legacy.
    FIRST_WORD
  }

  private final SentencePieceModel source;
  private final Prefix prefix;

  private SentencePieceJson(SentencePieceModel source, Prefix prefix) {
    this.source = source;
    this.prefix = prefix;
  }

  static ObjectNode of(SentencePieceModel source, Prefix prefix) {
    var json = new SentencePieceJson(source, prefix);
    return TokenizerParts.file(
        json.addedTokens(),
        json.normalizer(),
        json.preTokenizer(),
        json.decoder(),
        source.algorithm() == Algorithm.BPE ? json.bpe() : json.unigram());
  }

  private ArrayNode addedTokens() {
    ArrayNode added = NODES.arrayNode();
    List<Piece> pieces = source.pieces();
    for (int id = 0; id < pieces.size(); id++) {
      Piece piece = pieces.get(id);
      if (piece.added() && !piece.text().isEmpty()) {
        added.add(TokenizerParts.addedToken(id, piece.text(), piece.special()));
      }
    }
    return added;
  }

  private JsonNode normalizer() {
    var steps = new ArrayList<ObjectNode>();
    if (!source.characterMap().isEmpty()) {
      steps.add(typed("Precompiled").put("precompiled_charsmap", source.characterMap()));
    }
    if (source.collapsesSpaces()) {
      steps.add(replace("Regex", "\\A +|[ " + SPACE + "]+\\z", ""));
      steps.add(replace("Regex", " {2,}", " "));
    }
    if (!prefixesFirstWord()) {
      if (source.spacePrefix()) {
        steps.add(typed("Prepend").put("prepend", SPACE));
      }
      steps.add(replace("String", " ", SPACE));
    }
    return sequence("normalizers", steps);
  }

  private boolean prefixesFirstWord() {
    return source.spacePrefix() && prefix == Prefix.FIRST_WORD;
  }

  private JsonNode preTokenizer() {
    boolean split = source.splitsAtSpaces();
    return split || prefixesFirstWord()
        ? typed("Metaspace")
            .put("replacement", SPACE)
            .put("prepend_scheme", prefixesFirstWord() ? "first" : "never")
            .put("split", split)
        : NODES.nullNode();
  }

  private JsonNode decoder() {
    var steps = new ArrayList<ObjectNode>();
    steps.add(replace("String", SPACE, " "));
    if (source.byteFallback()) {
      steps.add(typed("ByteFallback"));
    }
    steps.add(typed("Fuse"));
    if (source.spacePrefix()) {
      steps.add(typed("Strip").put("content", " ").put("start", 1).put("stop", 0));
    }
    return sequence("decoders", steps);
  }

  private ObjectNode bpe() {
    ArrayNode merges = NODES.arrayNode();
    SentencePieceMerges.of(source.pieces()).forEach(merges::add);
    ObjectNode model =
        TokenizerParts.bpe(source.pieces().stream().map(Piece::text).toList(), merges);
    return model
        .put("unk_token", source.pieces().get(unknown()).text())
        .put("fuse_unk", true)
        .put("byte_fallback", source.byteFallback());
  }

  private ObjectNode unigram() {
    ObjectNode model = typed("Unigram").put("unk_id", unknown());
    ArrayNode vocabulary = model.putArray("vocab");
    for (Piece piece : source.pieces()) {
      boolean text = piece.type() != PieceType.BYTE && piece.type() != PieceType.UNUSED;
      vocabulary.addArray().add(piece.text()).add(text ? piece.score() : NEVER);
    }
    return model.put("byte_fallback", source.byteFallback());
  }

  private int unknown() {
    for (int id = 0; id < source.pieces().size(); id++) {
      if (source.pieces().get(id).type() == PieceType.UNKNOWN) {
        return id;
      }
    }
    throw new AlidadeException("the SentencePiece vocabulary has no piece for unknown characters");
  }
}
