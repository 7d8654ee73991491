package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// A tokenizer as metadata of a GGUF file, `tokenizer.ggml.…`, such that llama.cpp gives a text the
/// same ids: byte-level BPE as model `gpt2`, BPE over characters with bytes for the rest as model
/// `llama`. What llama.cpp would do otherwise is refused by name.
///
/// @param metadata by key: numbers, flags, texts and lists
/// @param warnings sentences for people: where llama.cpp's ids can still differ
public record GgufTokenizerMetadata(Map<String, Object> metadata, List<String> warnings) {
  private static final String PREFIX = "tokenizer.ggml.";

  /// llama.cpp's kinds of tokens.
  static final int NORMAL = 1;

  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int UNUSED = 5;
  static final int BYTE = 6;

  public GgufTokenizerMetadata {
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    warnings = List.copyOf(warnings);
  }

  /// The vocabulary of a tokenizer.
  ///
  /// @param rows how many tokens the embedding matrix has; those without a text are named `[PADn]`
  /// @throws AlidadeException if llama.cpp has no such tokenizer
  public static GgufTokenizerMetadata of(Tokenizer tokenizer, int rows) {
    int highest = tokenizer.json().highestId();
    if (highest >= rows) {
      throw new AlidadeException(
          "the tokenizer has ids up to %d, the embedding matrix has %d rows; the tokenizer is that of another model"
              .formatted(highest, rows));
    }
    JsonNode root = tokenizer.json().root();
    JsonNode model = root.path("model");
    String type = model.path("type").asString("");
    if (!type.equals("BPE")) {
      throw new AlidadeException(
          "a tokenizer of type \"%s\" cannot be written to GGUF; BPE can".formatted(type));
    }
    for (String key : List.of("continuing_subword_prefix", "end_of_word_suffix")) {
      if (!model.path(key).asString("").isEmpty()) {
        throw new AlidadeException(
            "a tokenizer with \"%s\" cannot be written to GGUF".formatted(key));
      }
    }
    var metadata = new LinkedHashMap<String, Object>();
    var warnings = new ArrayList<String>();
    if (model.path("byte_fallback").asBoolean(false)) {
      var pieces = new SentencePieces(root);
      put(metadata, "model", "llama");
      put(metadata, "pre", "default");
      put(metadata, "add_space_prefix", pieces.addsSpace());
      List<String> tokens = addTokens(metadata, root, rows);
      put(metadata, "scores", pieces.scores(tokens));
    } else {
      put(metadata, "model", "gpt2");
      var preTokenizer = new GgufPreTokenizer(root);
      put(metadata, "pre", preTokenizer.ggmlName());
      warnings.addAll(preTokenizer.warnings());
      addTokens(metadata, root, rows);
      put(metadata, "merges", Merges.of(model).stream().map(Merges.Merge::text).toList());
    }
    addSpecialTokens(metadata, tokenizer.specialTokens());
    return new GgufTokenizerMetadata(metadata, warnings);
  }

  /// Adds the tokens and their kinds.
  ///
  /// @return the tokens by their ids
  private static List<String> addTokens(Map<String, Object> metadata, JsonNode root, int rows) {
    var tokens = new ArrayList<String>();
    for (int id = 0; id < rows; id++) {
      tokens.add("[PAD%d]".formatted(id));
    }
    var types = new ArrayList<>(Collections.nCopies(rows, UNUSED));
    String unknown = root.path("model").path("unk_token").asString("");
    boolean bytes = root.path("model").path("byte_fallback").asBoolean(false);
    root.path("model")
        .path("vocab")
        .forEachEntry(
            (token, id) -> {
              tokens.set(id.intValue(), token);
              boolean isByte = bytes && SentencePieces.isByte(token);
              types.set(id.intValue(), isByte ? BYTE : NORMAL);
            });
    for (JsonNode added : root.path("added_tokens")) {
      int id = added.path("id").intValue();
      String token = added.path("content").asString("");
      tokens.set(id, token);
      boolean isUnknown = bytes && token.equals(unknown);
      boolean special = added.path("special").asBoolean(false);
      types.set(id, isUnknown ? UNKNOWN : special ? CONTROL : USER_DEFINED);
      if (isUnknown) {
        put(metadata, "unknown_token_id", id);
      }
    }
    put(metadata, "tokens", tokens);
    put(metadata, "token_type", types);
    return tokens;
  }

  /// The end token is added by whoever tokenises, as the vector may be read there.
  private static void addSpecialTokens(Map<String, Object> metadata, SpecialTokens special) {
    OptionalInt bos = special.bos();
    bos.ifPresent(id -> put(metadata, "bos_token_id", id));
    put(metadata, "eos_token_id", special.eos());
    put(metadata, "padding_token_id", special.eos());
    put(metadata, "add_bos_token", bos.isPresent());
    put(metadata, "add_eos_token", true);
  }

  private static void put(Map<String, Object> metadata, String key, Object value) {
    metadata.put(PREFIX + key, value);
  }
}
