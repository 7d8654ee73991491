package io.alidade.model.tokenizer;

import io.alidade.core.AlidadeException;
import io.alidade.core.DataException;
import io.alidade.core.ParserMessage;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The content of a `tokenizer.json`. Immutable.
public final class TokenizerJson {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String POST_PROCESSOR = "post_processor";

  private final ObjectNode root;
  private final Map<Integer, String> tokens;

  private TokenizerJson(ObjectNode root) {
    this.root = root;
    this.tokens = readTokens(root);
  }

  private TokenizerJson(ObjectNode root, Map<Integer, String> tokens) {
    this.root = root;
    this.tokens = tokens;
  }

  /// Parses the text of a `tokenizer.json`.
  ///
  /// @throws AlidadeException if it is none
  public static TokenizerJson parse(String text) {
    try {
      if (JSON.readTree(text) instanceof ObjectNode root && root.path("model").isObject()) {
        return new TokenizerJson(root);
      }
    } catch (JacksonException e) {
      throw new AlidadeException("not JSON: " + ParserMessage.of(e), e);
    }
    throw new AlidadeException("no tokenizer: a JSON object with \"model\" is wanted");
  }

  /// As [#parse], of a file.
  static TokenizerJson read(Path file) {
    try {
      return parse(Files.readString(file));
    } catch (CharacterCodingException e) {
      throw new DataException(file, "is not UTF-8", e);
    } catch (IOException e) {
      throw new DataException(file, "cannot be read: " + e.getMessage(), e);
    } catch (AlidadeException e) {
      throw new DataException(file, "" + e.getMessage(), e);
    }
  }

  static TokenizerJson of(ObjectNode root) {
    return new TokenizerJson(root);
  }

  private static Map<Integer, String> readTokens(ObjectNode root) {
    var tokens = new HashMap<Integer, String>();
    JsonNode vocabulary = root.path("model").path("vocab");
    if (vocabulary.isObject()) {
      vocabulary.forEachEntry((token, id) -> tokens.put(id.asInt(-1), token));
    } else {
      // Unigram models list `[token, score]` in the order of the ids.
      for (int id = 0; id < vocabulary.size(); id++) {
        tokens.put(id, vocabulary.path(id).path(0).asString(""));
      }
    }
    for (JsonNode added : root.path("added_tokens")) {
      tokens.put(added.path("id").asInt(-1), added.path("content").asString(""));
    }
    return Map.copyOf(tokens);
  }

  /// The token with this id.
  ///
  /// @throws IllegalArgumentException if there is none
  public String token(int id) {
    String token = tokens.get(id);
    if (token == null) {
      throw new IllegalArgumentException(
          "no token has id %d; there are %d tokens".formatted(id, tokens.size()));
    }
    return token;
  }

  /// The id of a token, if there is such a one.
  public OptionalInt id(String token) {
    return tokens.entrySet().stream()
        .filter(entry -> entry.getValue().equals(token))
        .mapToInt(entry -> Objects.requireNonNull(entry.getKey()))
        .findFirst();
  }

  /// How many tokens there are.
  public int size() {
    return tokens.size();
  }

  /// The highest id of a token, or -1 if there is none.
  public int highestId() {
    return tokens.keySet().stream().mapToInt(Integer::intValue).max().orElse(-1);
  }

  /// Checks what the tokenizer library would take on trust.
  void requireSound() {
    CharacterMap.requireSound(root.path("normalizer"));
    requireUnknownToken();
  }

  /// The library looks for it at the first text with an unknown character only.
  private void requireUnknownToken() {
    JsonNode model = root.path("model");
    JsonNode unknown = model.path("unk_token");
    JsonNode vocabulary = model.path("vocab");
    if (unknown.isString() && vocabulary.isObject() && !vocabulary.has(unknown.stringValue())) {
      throw new AlidadeException(
          "the \"unk_token\" of \"model\" is \"%s\", which is not in its vocabulary"
              .formatted(unknown.stringValue()));
    }
  }

  void requireToken(int id) {
    if (!tokens.containsKey(id)) {
      throw new AlidadeException(
          "special token %d is none of the tokenizer's %d tokens".formatted(id, tokens.size()));
    }
  }

  /// The same without the file's own truncation and padding.
  TokenizerJson withoutLimits() {
    ObjectNode copy = copy();
    copy.putNull("truncation");
    copy.putNull("padding");
    return new TokenizerJson(copy, tokens);
  }

  /// A new object with the same parts, which are never changed: vocabularies are large.
  private ObjectNode copy() {
    return JSON.createObjectNode().setAll(root);
  }

  /// The same with a post-processor that puts the special tokens around each text.
  TokenizerJson withSpecialTokens(SpecialTokens special) {
    ObjectNode copy = copy();
    copy.set(POST_PROCESSOR, PostProcessor.template(special, this));
    return new TokenizerJson(copy, tokens);
  }

  /// The special tokens that the file's own post-processor puts around a text.
  PostProcessor.Ends ends() {
    return PostProcessor.ends(root.path(POST_PROCESSOR));
  }

  /// The JSON; not to be changed.
  JsonNode root() {
    return root;
  }

  /// The JSON text.
  public String text() {
    return JSON.writeValueAsString(root);
  }
}
