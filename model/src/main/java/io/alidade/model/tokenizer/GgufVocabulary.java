package io.alidade.model.tokenizer;

import static io.alidade.model.tokenizer.TokenizerParts.NODES;
import static io.alidade.model.tokenizer.TokenizerParts.typed;

import io.alidade.core.DataException;
import io.alidade.model.tokenizer.SentencePieceModel.Algorithm;
import io.alidade.model.tokenizer.SentencePieceModel.Piece;
import io.alidade.model.tokenizer.SentencePieceModel.PieceType;
import io.alidade.model.weights.GgufMetadata;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The vocabulary in a GGUF file, `tokenizer.ggml.*`, as a `tokenizer.json` or as SentencePiece's.
record GgufVocabulary(GgufMetadata metadata) {
  private static final String PREFIX = "tokenizer.ggml.";
  private static final String TOKENS = PREFIX + "tokens";
  private static final String SCORES = PREFIX + "scores";
  private static final String TYPES = PREFIX + "token_type";
  private static final String CHARACTER_MAP = PREFIX + "precompiled_charsmap";

  /// Longer words are unknown, as in every published WordPiece tokenizer.
  private static final int LONGEST_WORD = 100;

  boolean has(String tokenName) {
    return metadata.has(PREFIX + tokenName + "_token_id");
  }

  private int id(String tokenName) {
    return metadata.integer(PREFIX + tokenName + "_token_id");
  }

  private boolean flag(String key, boolean otherwise) {
    return metadata.has(PREFIX + key) ? metadata.flag(PREFIX + key) : otherwise;
  }

  /// The tokens around every text as the file wants them, `add_bos_token` and `add_eos_token`.
  ///
  /// @param begins whether there is a begin token if the file does not say
  /// @param ends likewise for the end token
  SpecialTokens special(String bosName, boolean begins, String eosName, boolean ends) {
    return new SpecialTokens(
        flag("add_bos_token", begins) ? OptionalInt.of(id(bosName)) : OptionalInt.empty(),
        id(eosName),
        flag("add_eos_token", ends));
  }

  /// Byte-level BPE.
  ObjectNode byteLevel(PreTokenizer pre) {
    List<Piece> tokens = tokens();
    ArrayNode merges = NODES.arrayNode();
    metadata.texts(PREFIX + "merges").forEach(merges::add);
    ObjectNode model =
        TokenizerParts.bpe(tokens.stream().map(Piece::text).toList(), merges)
            .put("ignore_merges", pre.wholeWords());
    return TokenizerParts.file(
        addedTokens(tokens), pre.normalizer(), pre.json(), TokenizerParts.byteLevel(true), model);
  }

  SentencePieceModel sentencePiece(Algorithm algorithm) {
    List<Piece> tokens = tokens();
    return new SentencePieceModel(
        algorithm,
        tokens.stream().map(GgufVocabulary::withoutSpaces).toList(),
        tokens.stream().anyMatch(token -> token.type() == PieceType.BYTE),
        flag("add_space_prefix", true),
        flag("remove_extra_whitespaces", false),
        characterMap(),
        OptionalInt.empty(),
        OptionalInt.empty());
  }

  /// User-defined pieces have their spaces back in GGUF, as llama.cpp searches texts for them.
  private static Piece withoutSpaces(Piece piece) {
    return piece.type() == PieceType.USER_DEFINED
        ? new Piece(
            piece.text().replace(" ", SentencePieceModel.SPACE), piece.score(), piece.type())
        : piece;
  }

  private String characterMap() {
    if (!metadata.has(CHARACTER_MAP)) {
      return "";
    }
    List<Long> values = metadata.integers(CHARACTER_MAP);
    byte[] bytes = new byte[values.size()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = values.get(i).byteValue();
    }
    return Base64.getEncoder().encodeToString(bytes);
  }

  /// WordPiece, lower case. GGUF marks where words begin, and `tokenizer.json` where they go on.
  ObjectNode wordPiece() {
    List<Piece> tokens = tokens();
    ObjectNode model = typed("WordPiece");
    model.put("unk_token", tokens.get(checked(id("unknown"), tokens.size())).text());
    model.put("continuing_subword_prefix", "##");
    model.put("max_input_chars_per_word", LONGEST_WORD);
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < tokens.size(); id++) {
      vocabulary.put(wordPiece(tokens.get(id)), id);
    }
    ObjectNode normalizer =
        typed("BertNormalizer").put("clean_text", true).put("handle_chinese_chars", true);
    normalizer.putNull("strip_accents");
    return TokenizerParts.file(
        addedTokens(tokens),
        normalizer.put("lowercase", true),
        typed("BertPreTokenizer"),
        typed("WordPiece").put("prefix", "##").put("cleanup", false),
        model);
  }

  private static String wordPiece(Piece token) {
    String text = token.text();
    if (text.startsWith(SentencePieceModel.SPACE)) {
      return text.substring(1);
    }
    boolean bracketed = text.length() > 2 && text.startsWith("[") && text.endsWith("]");
    return token.type() == PieceType.CONTROL || bracketed ? text : "##" + text;
  }

  private int checked(int id, int size) {
    if (id < 0 || id >= size) {
      throw new DataException(
          metadata.file(), "special token %d is none of the %d tokens".formatted(id, size));
    }
    return id;
  }

  private static ArrayNode addedTokens(List<Piece> tokens) {
    ArrayNode added = NODES.arrayNode();
    for (int id = 0; id < tokens.size(); id++) {
      PieceType type = tokens.get(id).type();
      if (type == PieceType.CONTROL || type == PieceType.USER_DEFINED) {
        added.add(TokenizerParts.addedToken(id, tokens.get(id).text(), type == PieceType.CONTROL));
      }
    }
    return added;
  }

  private List<Piece> tokens() {
    List<String> texts = metadata.texts(TOKENS);
    List<Long> types = metadata.integers(TYPES);
    List<Float> scores = metadata.has(SCORES) ? metadata.reals(SCORES) : List.of();
    requireSize("token types", types.size(), texts.size());
    if (!scores.isEmpty()) {
      requireSize("scores", scores.size(), texts.size());
    }
    var tokens = new ArrayList<Piece>(texts.size());
    for (int id = 0; id < texts.size(); id++) {
      tokens.add(new Piece(texts.get(id), score(scores, id), type(types, id)));
    }
    return tokens;
  }

  private double score(List<Float> scores, int id) {
    float score = scores.isEmpty() ? 0 : scores.get(id);
    if (!Float.isFinite(score)) {
      throw new DataException(metadata.file(), "%s of token %d is %s".formatted(SCORES, id, score));
    }
    return score;
  }

  private PieceType type(List<Long> types, int id) {
    return PieceType.numbered(types.get(id))
        .orElseThrow(
            () ->
                new DataException(
                    metadata.file(),
                    "%s of token %d is %d, not 1 to 6".formatted(TYPES, id, types.get(id))));
  }

  private void requireSize(String what, int size, int tokens) {
    if (size != tokens) {
      throw new DataException(
          metadata.file(), "has %d tokens but %d %s".formatted(tokens, size, what));
    }
  }
}
